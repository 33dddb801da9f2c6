// Other programs: where they are, and what they print. One source file a platform.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gangway {

// As a shell would find it, and in /usr/sbin and /sbin, which are not in everybody's PATH.
std::optional<std::filesystem::path> find_program(const std::string& name);

// What `program` prints on standard output, whatever its exit status is; the rest goes nowhere.
// `environment` replaces variables of ours. Nothing: it cannot be run, or is not done in time, and
// is ended.
std::optional<std::string> program_output(
    const std::filesystem::path& program,
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment = {},
    std::chrono::milliseconds limit = std::chrono::seconds(10)
);

}  // namespace gangway
