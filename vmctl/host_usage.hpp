// What a VM takes of its host.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace vmctl {

// In bytes; 0: none, or not known.
struct host_usage {
    std::uint64_t memory = 0;      // of the QEMU process
    std::uint64_t disk = 0;        // of the data disk, of which what was never written takes none
    std::uint64_t disk_limit = 0;  // how far that may grow
    std::uint64_t saved = 0;       // of the files that hold the memory that was saved
};

// `process_id` 0: there is none. A path that is empty: nobody knows where that file is. Looks at
// files of this host, and does not block for long.
host_usage usage_of(
    int process_id,
    const std::filesystem::path& data_disk,
    const std::vector<std::filesystem::path>& saved_files
);

}  // namespace vmctl
