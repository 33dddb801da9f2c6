// Files that only their owner may read and that a crash leaves either old or new, never half-made:
// certificates, keys, and the directories and locks around them. One source file a platform.
#pragma once

#include "vmctl/storage_error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace vmctl {

// Owns a file descriptor; closes it. Every descriptor of this room is close-on-exec.
class unique_descriptor {
public:
    unique_descriptor() = default;

    explicit unique_descriptor(int descriptor) : descriptor_(descriptor) {}

    unique_descriptor(unique_descriptor&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1))
    {
    }

    unique_descriptor& operator=(unique_descriptor&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    unique_descriptor(const unique_descriptor&) = delete;
    unique_descriptor& operator=(const unique_descriptor&) = delete;
    ~unique_descriptor();

    int get() const { return descriptor_; }

    explicit operator bool() const { return descriptor_ >= 0; }

private:
    int descriptor_ = -1;
};

// What a file that is being made is called until it is complete: `path` with ".partial" appended.
std::filesystem::path partial_name(const std::filesystem::path& path);

// Makes `directory` and the parents it lacks; the directory itself has mode 0700 afterwards,
// whatever the umask is and whoever made it before.
void make_private_directory(const std::filesystem::path& directory);

// A new, empty file for reading and writing that nobody else can have opened before; `mode` holds
// from its first moment. A leftover of the same name is removed.
unique_descriptor create_file(const std::filesystem::path& path, unsigned mode);

// Replaces `path` as a whole: written beside it, synced, renamed. `mode` as in create_file.
void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode);

// Makes the new file `from` the file `to` and waits until both are on the disk.
void commit_file(
    const unique_descriptor& file,
    const std::filesystem::path& from,
    const std::filesystem::path& to
);

std::string read_file(const std::filesystem::path& path);

// For reading and writing; empty, with errno set, when it cannot be opened.
unique_descriptor open_file(const std::filesystem::path& path);

// The file ends there. What is new reads as zeros, and takes no room where the file system can do
// that. False, with errno set: it does not.
bool set_size(const unique_descriptor& file, std::uint64_t bytes);

// Of an open file, in bytes. Nothing, with errno set: it cannot be found out.
std::optional<std::uint64_t> size_of(const unique_descriptor& file);

// How many of the bytes at `offset` there are, at most as many as `into` takes.
std::size_t read_at(
    const unique_descriptor& file, std::uint64_t offset, std::span<unsigned char> into
);

// Waits until a file, or what a directory says of its files, is on the disk.
void sync_to_disk(const std::filesystem::path& path);

// Whether a QEMU has the image open, as it marks it.
bool is_open_in_qemu(const unique_descriptor& file);

// Why this process may not look into a directory; empty: it may.
std::string obstacle_to_entering(const std::filesystem::path& directory);

// Excludes other processes from a directory for as long as it lives; waits its turn, and calls
// `waiting` several times a second while it does: what that throws ends the wait. A tool that is
// given descriptor() keeps the lock even when this process is killed.
class directory_lock {
public:
    explicit directory_lock(
        const std::filesystem::path& directory, const std::function<void()>& waiting = {}
    );

    int descriptor() const { return descriptor_.get(); }

private:
    unique_descriptor descriptor_;
};

}  // namespace vmctl
