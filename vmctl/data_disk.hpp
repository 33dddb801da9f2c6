// The guest's data disk: a sparse raw file that is one ext4 file system labelled boot2docker-data.
// Made, seeded, kept current and grown by e2fsprogs without root. It outlives every image.
#pragma once

#include "config/settings.hpp"
#include "vmctl/guest_seed.hpp"
#include "vmctl/storage_error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vmctl {

inline constexpr const char* data_disk_label = "boot2docker-data";
inline constexpr config::byte_size smallest_data_disk = config::mebibytes(64);
inline constexpr config::byte_size data_disk_grain = config::mebibytes(16);

struct disk_change {
    bool created = false;
    bool grown = false;
    std::vector<std::string> updated;  // paths of the seed that were brought up to date
    bool operator==(const disk_change&) const = default;
};

// Makes `file` a data disk of `size` (rounded down to 16 MiB) that holds `seed`. An existing disk
// is never formatted and never shrunk: its seed_policy::always files are brought up to date, and it
// grows to `size`. Anything else that `file` may be is left alone and refused. The guest must be
// off. Blocking: a fraction of a second, except when an unclean disk has to be checked or grown.
// Throws storage_error; a disk that could not be made completely is not there afterwards.
disk_change ensure_data_disk(
    const std::filesystem::path& file, config::byte_size size, const std::vector<seed_file>& seed
);

}  // namespace vmctl
