// The program: carries out what the command line asks for, on the real terminal and daemon.
#pragma once

#include <string>
#include <vector>

namespace gangway {

// `words` are the arguments without the program's name. Returns the exit status of the process.
int run(const std::vector<std::string>& words);

}  // namespace gangway
