// Whether the VM can be started from the boot2docker.iso that is configured.
#pragma once

#include "config/settings.hpp"
#include "gangway/doctor_finding.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace gangway {

struct boot2docker_facts {
    std::string iso;  // as configured: a path or a URL
    std::string wanted_sha256;
    bool taken_out = false;             // what the VM boots from; the ISO does not matter then
    bool exists = false;                // the ISO, at its path
    std::optional<std::string> sha256;  // its own; nothing: it cannot be read
};

// Pure.
finding judge_boot2docker(const boot2docker_facts& facts);

// Reads the ISO whole when it is needed; downloads nothing.
boot2docker_facts look_at_boot2docker(
    const config::boot2docker_settings& settings, const std::filesystem::path& state_dir
);

}  // namespace gangway
