// The person at the terminal, if there is one. One source file a platform.
#pragma once

#include "gangway/progress_view.hpp"

#include <string>

namespace gangway {

// What standard output is: a terminal of some width, or a file or pipe. Colour only on a terminal
// that has it, and never with NO_COLOR set (https://no-color.org).
appearance standard_output_appearance();

// Whether the answer to `question` is yes. Asked on standard error; where standard input is no
// terminal nobody is asked, and it is no.
bool confirmed(const std::string& question);

// The shell of somebody who has not said which ($SHELL).
std::string usual_shell();

}  // namespace gangway
