// What Git Bash and the other shells of MSYS and Cygwin make of an argument that looks like a path
// of Unix, before docker sees it: recognised, so that an error can say it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

// "src;C:\Program Files\Git\dst": SOURCE:TARGET, taken for a list of paths.
bool is_list_of_msys(std::string_view text);

// What a client that splits at colons makes a source of: "src;C".
bool is_beginning_of_list_of_msys(std::string_view source);

struct msys_path {
    std::size_t top = 0;  // the size of the shell's own directory, with which it begins
    std::string meant;    // "/var/run/docker.sock"
};

// `path` is the text of a config::windows_path on a drive. Nothing: it lies in no directory where
// such a shell is usually installed.
std::optional<msys_path> read_msys_path(std::string_view path);

}  // namespace proxy
