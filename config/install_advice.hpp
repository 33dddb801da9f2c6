// How a program that is missing is come by. One source file a system.
#pragma once

#include <string>

namespace config {

// "install e2fsprogs (apt install e2fsprogs)". `package` is Debian's name of it.
std::string install_advice(const std::string& package);

}  // namespace config
