// Which hypervisor runs the VM where the configuration leaves that to us. Decided by what was
// built: one source file for each answer.
#pragma once

#include "config/settings.hpp"

namespace config {

// Never `automatic`.
hypervisor_choice automatic_hypervisor();

inline hypervisor_choice hypervisor_to_use(const vm_settings& vm)
{
    return vm.hypervisor == hypervisor_choice::automatic ? automatic_hypervisor() : vm.hypervisor;
}

}  // namespace config
