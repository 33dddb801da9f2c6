// The hypervisor on libvirt. libvirt itself appears in the libvirt_* files alone.
#pragma once

#include "vmctl/hypervisor.hpp"
#include "vmctl/packed_memory.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace vmctl {

// The domain called `domain_name` at `uri`; ours is the one with this data disk. What is saved of
// its memory is packed. Nothing is
// contacted before the first call. Its methods must not be called from two threads at once. Destroy
// it when none runs and its observer is off.
std::unique_ptr<hypervisor> make_libvirt_hypervisor(
    std::string uri,
    std::string domain_name,
    std::filesystem::path data_disk,
    packed_memory memory = packed_memory({}, {})
);

}  // namespace vmctl
