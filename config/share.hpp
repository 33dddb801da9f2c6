// A directory of the host that the engine sees at the same path.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

struct share {
    std::filesystem::path path;  // absolute, without "." and ".." and without a slash at its end
    bool writable = true;
    bool operator==(const share&) const = default;
};

// An absolute path without ".", "..", doubled slashes and a slash at its end, by its text alone.
std::filesystem::path normal(const std::filesystem::path& path);

// "PATH" or "PATH:ro".
std::string to_string(const share& one);

// Whether `path` is `top` or lies below it. Both are normal: no ".", "..", doubled slashes.
bool is_within(std::string_view path, std::string_view top);

// Why the guest cannot have a share at `path`, as the end of a sentence about it: its own system is
// there. Nothing: it can.
std::optional<std::string> obstacle_to_sharing(const std::filesystem::path& path);

}  // namespace config
