// What Windows has itself, and MSYS2, which has e2fsprogs.
#include "config/install_advice.hpp"

namespace config {

std::string install_advice(const std::string& package)
{
    if (package == "openssh-client")
        return "switch on Windows' optional feature \"OpenSSH Client\"";
    if (package == "e2fsprogs")
        return "install e2fsprogs of MSYS2 (pacman -S e2fsprogs), and put its directory usr\\bin "
               "into PATH";
    return "install " + package + ", and put its directory into PATH";
}

}  // namespace config
