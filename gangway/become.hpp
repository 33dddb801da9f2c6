// Turns this process into another program, so that terminal, signals and exit status are its own.
// One source file a platform.
#pragma once

#include <string>
#include <vector>

namespace gangway {

// `command` begins with the program, which is looked up on PATH. Returns only by throwing failure;
// `package` is what to install when there is no such program.
[[noreturn]] void become(const std::vector<std::string>& command, const std::string& package);

}  // namespace gangway
