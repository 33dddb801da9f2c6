// The file that a user attaches to a report: what the doctor found, settings and logs, without
// secrets.
#pragma once

#include "gangway/ustar.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace gangway {

// The members without secrets, each in the directory gangway-doctor. Pure.
std::vector<archive_member> without_secrets(
    std::vector<archive_member> members, const std::string& home
);

// Writes a new file with mode 0600. Throws failure, also when there is something by that name.
void write_new_file(const std::filesystem::path& path, const std::string& bytes);

// The end of a file, at most 256 KiB, from the start of a line on. Empty: there is none, or it
// cannot be read.
std::string last_part(const std::filesystem::path& file);

}  // namespace gangway
