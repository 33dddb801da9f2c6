// By Homebrew, which has other names for some.
#include "config/install_advice.hpp"

namespace config {

std::string install_advice(const std::string& package)
{
    if (package == "openssh-client" || package == "curl" || package == "libarchive-tools")
        return "it is a part of macOS; put /usr/bin into PATH";
    std::string formula = package;
    if (package == "qemu-system-x86") formula = "qemu";
    if (package == "libvirt-daemon") formula = "libvirt";
    return "install " + formula + " (brew install " + formula + ")";
}

}  // namespace config
