// Whether the VM's image is whole, as its manifest (docs/appliance.md) describes it.
#pragma once

#include "gangway/doctor_finding.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gangway {

struct image_facts {
    std::filesystem::path directory;
    std::optional<std::string> manifest;  // its text; nothing: there is none

    struct file {
        std::uint64_t size = 0;
        std::string sha256;  // hexadecimal, in small letters
    };

    std::map<std::string, file> files;  // those that the manifest names, as they are
};

// The files that a manifest names. Empty: it is none.
std::map<std::string, image_facts::file> files_of_manifest(std::string_view manifest);

// Pure.
finding judge_image(const image_facts& facts);

// Reads every file whole: seconds for an image.
image_facts look_at_image(const std::filesystem::path& directory);

}  // namespace gangway
