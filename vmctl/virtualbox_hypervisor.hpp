// The hypervisor on VirtualBox, through its program VBoxManage. VirtualBox itself appears in the
// virtualbox_* files alone. docs/hypervisors.md says what was run of it.
#pragma once

#include "vmctl/hypervisor.hpp"
#include "vmctl/virtualbox_domain.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace vmctl {

struct virtualbox_places {
    std::string name;                 // of the VM
    std::filesystem::path data_disk;  // ours is the VM with this one; its descriptor goes beside it
    // VirtualBox's directory of the VM is made in it, and deleted with the VM.
    std::filesystem::path folder;
    // Where VBoxManage is (virtualbox_program.hpp).
    std::function<std::optional<std::filesystem::path>()> program;
};

// Nothing is run before the first call. The guest has no agent: what asks it throws; put
// console_guest.hpp before this one. Its methods must not be called from two threads at once.
// Destroy it when none runs and its observer is off.
std::unique_ptr<hypervisor> make_virtualbox_hypervisor(
    virtualbox_places places, virtualbox_times times = {}
);

}  // namespace vmctl
