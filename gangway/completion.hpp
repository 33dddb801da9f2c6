// Scripts that complete the command's words in a shell. Pure: made of what the command line knows,
// so that they cannot know less.
#pragma once

#include "gangway/command_line.hpp"

#include <string>
#include <string_view>

namespace gangway {

// `shell` is "bash", "zsh" or "fish". Throws failure with exit_status::usage for another.
std::string completion_script(std::string_view shell, const program_words& words);

}  // namespace gangway
