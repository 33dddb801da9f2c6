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

// The end of a file, at most 256 KiB, from the start of a line on. Empty: there is none, or it
// cannot be read.
std::string last_part(const std::filesystem::path& file);

}  // namespace gangway
