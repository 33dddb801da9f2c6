// A command line as Windows has it: one text, which the program that is started takes apart.
#pragma once

#include <string>
#include <vector>

namespace config {

// `words` as one text that CommandLineToArgvW and the C library take apart into the same words
// again. The first is the program's name, which on Windows has no quotation marks. Pure. It is here
// because the daemon, its ssh and the command all start programs.
// Source: "Parsing C command-line arguments", learn.microsoft.com/cpp/c-language.
std::string windows_command_line(const std::vector<std::string>& words);

}  // namespace config
