// A directory of the host that the engine sees, too.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

struct share {
    // Absolute, without "." and ".." and without a slash at its end; on Windows as in windows_path.
    std::filesystem::path path;
    bool writable = true;
    // Where the engine sees it, if not at the same path, as a directory of Windows never is.
    std::filesystem::path elsewhere = {};

    const std::filesystem::path& in_guest() const { return elsewhere.empty() ? path : elsewhere; }

    bool operator==(const share&) const = default;
};

// An absolute path without ".", "..", doubled slashes and a slash at its end, by its text alone.
std::filesystem::path normal(const std::filesystem::path& path);

// "PATH" or "PATH:ro".
std::string to_string(const share& one);

// Whether `path` is `top` or lies below it. Both are normal: no ".", "..", doubled slashes.
bool is_within(std::string_view path, std::string_view top);

// "/proc", "/var/log" and others, if `path` lies in one: who mounts it means the engine's machine.
// Nothing: it lies in none. Who names "/" alone may mean either.
std::optional<std::string_view> engines_directory(std::string_view path);

// Why `path` cannot be a share, as the end of a sentence about it. Nothing: it can.
std::optional<std::string> obstacle_to_sharing(const std::filesystem::path& path);

// Whether the guest can have a directory of the host at this very path.
bool can_be_at_its_place(const std::filesystem::path& path);

// With `elsewhere`, if the guest's own system is where the share would be, or its path is Windows'.
share placed_in_guest(share one);

}  // namespace config
