// Whether the certificates between the daemon and the engine are valid now.
#pragma once

#include "gangway/doctor_finding.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gangway {

struct certificate_facts {
    std::filesystem::path file;
    bool exists = false;

    // Nothing: it holds no certificate that can be read.
    struct validity {
        std::chrono::sys_seconds from;
        std::chrono::sys_seconds until;
    };

    std::optional<validity> valid;
    std::filesystem::path key;  // its private key; empty: not needed here
    bool key_is_open = false;   // to other users
};

// Pure. `ours`: the daemon makes them itself, for the engine in the VM.
finding judge_certificates(
    const std::vector<certificate_facts>& all, bool ours, std::chrono::sys_seconds now
);

// Of the VM of this state directory.
std::vector<certificate_facts> look_at_own_certificates(const std::filesystem::path& state_dir);

// Those of engine.tls_dir.
std::vector<certificate_facts> look_at_given_certificates(const std::filesystem::path& directory);

}  // namespace gangway
