// What a boot2docker.iso boots from, taken out of it once: the whole system is its initrd, so that
// the ISO itself is not needed by the VM.
#pragma once

#include "config/settings.hpp"
#include "vmctl/storage_error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

struct boot2docker_image {
    // Absolute paths.
    std::filesystem::path kernel;
    std::filesystem::path initrd;
    std::string command_line;
    bool operator==(const boot2docker_image&) const = default;
};

// Where an instance keeps what it has taken out, under its state directory. It holds one directory,
// named by the ISO's sha256.
std::filesystem::path boot2docker_directory_in(const std::filesystem::path& state_dir);

// Takes them out of the ISO, which is downloaded first if it is at a URL and does not stay, unless
// they are there. Blocking. Throws storage_error, also when its sha256 is not the one asked for;
// nothing half-made remains.
boot2docker_image ensure_boot2docker_image(
    const config::boot2docker_settings& settings, const std::filesystem::path& directory
);

// Where an ISO has them: v18.09 and later, or before. Nothing: it is no boot2docker ISO. Pure.
struct boot2docker_layout {
    std::string kernel;
    std::string initrd;
    std::string boot_menu;  // isolinux.cfg
    bool operator==(const boot2docker_layout&) const = default;
};

// `names` as the ISO lists them.
std::optional<boot2docker_layout> layout_of(const std::vector<std::string>& names);

// The kernel's command line of the first entry in isolinux.cfg. Pure.
std::optional<std::string> command_line_in(std::string_view boot_menu);

}  // namespace vmctl
