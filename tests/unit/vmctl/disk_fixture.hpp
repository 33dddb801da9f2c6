// What the data disk's tests share: a small seed, and a look into an image by debugfs.
#pragma once

#include "vmctl/data_disk.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vmctl_test {

inline constexpr config::byte_size small_disk = config::mebibytes(64);

std::vector<vmctl::seed_file> small_seed();

// What debugfs prints for one request; read-only.
std::string look(const std::filesystem::path& disk, const std::string& request);

// The file's content, and "mode uid gid" as debugfs tells them.
std::string content_in(const std::filesystem::path& disk, const std::string& file);
std::string owner_and_mode_in(const std::filesystem::path& disk, const std::string& file);

// Names in a directory, sorted, with a space after each.
std::string names_in(const std::filesystem::path& directory);

// e2fsck's judgement without repairing anything: 0 is clean.
int check(const std::filesystem::path& disk);

}  // namespace vmctl_test
