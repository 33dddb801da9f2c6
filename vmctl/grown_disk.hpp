// A data disk that was made larger by command: what it is to be besides vm.disk, and how it becomes
// so while the guest has it in use.
#pragma once

#include "config/settings.hpp"
#include "vmctl/hypervisor.hpp"

#include <filesystem>

namespace vmctl {

// `setting`, or what the disk was grown to if that is more. Throws storage_error.
config::byte_size disk_size_in(const std::filesystem::path& state_dir, config::byte_size setting);

// Blocking. The running VM's disk and the file system on it have `size` (rounded down to 16 MiB)
// afterwards; a guest that fails to follow does it at its next start. Throws storage_error for a
// size that is less than the disk has, and hypervisor_error.
void grow_disk(hypervisor& host, const std::filesystem::path& state_dir, config::byte_size size);

// Where the size is remembered: disk_size.
std::filesystem::path disk_size_record_in(const std::filesystem::path& state_dir);

}  // namespace vmctl
