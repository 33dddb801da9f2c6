// Of a build with libvirt, whose VM has more than VirtualBox's (docs/hypervisors.md).
#include "config/automatic_hypervisor.hpp"

namespace config {

hypervisor_choice automatic_hypervisor()
{
    return hypervisor_choice::libvirt;
}

}  // namespace config
