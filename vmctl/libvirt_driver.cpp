// The drivers' names, and what is known of each.
#include "vmctl/libvirt_driver.hpp"

namespace vmctl {

std::optional<libvirt_driver> driver_of(std::string_view uri)
{
    const auto name = uri.substr(0, uri.find_first_of("+:"));
    if (name == "qemu") return libvirt_driver::qemu;
    if (name == "vbox") return libvirt_driver::virtualbox;
    return std::nullopt;
}

std::optional<std::string_view> obstacle_to(libvirt_driver driver)
{
    switch (driver) {
        case libvirt_driver::virtualbox:
            return "libvirt forwards no port into a VM of VirtualBox's and keeps no note of ours "
                   "in "
                   "it";
        case libvirt_driver::qemu:
            break;
    }
    return std::nullopt;
}

}  // namespace vmctl
