// How long the last starts of an instance took, stage by stage, kept from daemon to daemon: what a
// later start may be expected to take.
#pragma once

#include "vmctl/vm_status.hpp"

#include <filesystem>
#include <vector>

namespace vmctl {

enum class start_kind { boot, restore };

class start_record {
public:
    explicit start_record(std::filesystem::path file) : file_(std::move(file)) {}

    // Empty: there was none that we know of.
    std::vector<stage_event> of(start_kind kind) const;

    // Throws storage_error.
    void keep(start_kind kind, const std::vector<stage_event>& timeline) const;

private:
    std::filesystem::path file_;
};

// In an instance's state directory: start_times.
std::filesystem::path start_record_in(const std::filesystem::path& state_dir);

}  // namespace vmctl
