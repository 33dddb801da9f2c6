// The appliance on disk: kernel, initrd and root image with the manifest that describes them, read
// and checked before a VM is built from them.
#pragma once

#include "vmctl/storage_error.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace vmctl {

struct image_file {
    std::uint64_t size = 0;
    std::string sha256;  // 64 lower-case hexadecimal digits
    bool operator==(const image_file&) const = default;
};

struct vm_image {
    std::string version;
    // Absolute paths.
    std::filesystem::path kernel;
    std::filesystem::path initrd;
    std::filesystem::path root;
    std::optional<std::filesystem::path> iso;
    std::string command_line;  // the kernel's
    std::map<std::filesystem::path, image_file>
        files;  // by absolute path; all exist with this size
};

// Reads DIRECTORY/manifest.json and checks that its files are there with the right sizes; quick
// enough for every start. Throws storage_error.
vm_image load_image(const std::filesystem::path& directory);

// Reads every file whole and compares its sha256. Seconds for an image; throws storage_error.
void verify_checksums(const vm_image& image);

// What is in its files, as the manifest has it: another image has another.
std::string identity_of(const vm_image& image);

}  // namespace vmctl
