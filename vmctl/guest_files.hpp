// Everything of an instance that lies on disk, made ready for a boot in one call: certificates, ssh
// keys, and the data disk that carries the guest's share of them.
#pragma once

#include "config/settings.hpp"
#include "vmctl/data_disk.hpp"
#include "vmctl/engine_settings.hpp"
#include "vmctl/pki.hpp"
#include "vmctl/ssh_keys.hpp"

#include <chrono>
#include <filesystem>
#include <string_view>
#include <vector>

namespace vmctl {

// Where an instance keeps what it has, under its state directory.
std::filesystem::path data_disk_in(const std::filesystem::path& state_dir);      // disk.img
std::filesystem::path pki_directory_in(const std::filesystem::path& state_dir);  // pki/
std::filesystem::path ssh_directory_in(const std::filesystem::path& state_dir);  // ssh/

// Deletes all of them, and what the disk is a symbolic link to. Throws storage_error; no error when
// there are none.
void delete_guest_files(const std::filesystem::path& state_dir);

// Whose system the disk is for.
enum class guest_kind { appliance, boot2docker };

struct guest_files_change {
    pki_change pki;
    bool ssh_keys = false;
    disk_change disk;
};

// To be called before a cold boot, while the guest is off. Blocking, well under a second on an
// existing instance. Throws storage_error; what is whole already is kept, nothing half-made
// remains.
guest_files_change prepare_guest_files(
    const std::filesystem::path& state_dir,
    std::string_view instance,
    config::byte_size disk_size,
    const std::vector<config::share>& shares,
    const guest_settings& settings,
    std::chrono::system_clock::time_point now,
    guest_kind kind = guest_kind::appliance
);

}  // namespace vmctl
