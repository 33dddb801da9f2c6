// Of a build without libvirt.
#include "config/automatic_hypervisor.hpp"

namespace config {

hypervisor_choice automatic_hypervisor()
{
    return hypervisor_choice::virtualbox;
}

}  // namespace config
