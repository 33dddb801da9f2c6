// How a Windows program is given its arguments: as one line, which it takes apart by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proxy {

// `words` as the C runtime of Microsoft and CommandLineToArgvW take them apart ("Parsing C
// command-line arguments"; the first one, the program's name, must hold no quote).
std::wstring command_line(const std::vector<std::string>& words);

// `environment` as GetEnvironmentStringsW has it (NAME=VALUE, each with a zero behind it, and one
// more), with English messages asked for and no questions at a terminal.
std::wstring english_environment(std::wstring_view environment);

}  // namespace proxy
