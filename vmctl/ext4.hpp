// An ext4 file system in an image file, made and edited by e2fsprogs without mounting it and
// without root. Private to the data disk, which decides what is done to it.
#pragma once

#include "vmctl/guest_seed.hpp"
#include "vmctl/storage_error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vmctl {

inline constexpr std::size_t superblock_size = 1024;  // and the offset where it begins

struct ext4_superblock {
    std::string label;
    std::uint64_t bytes = 0;  // of the file system, which the file may exceed
    bool operator==(const ext4_superblock&) const = default;
};

// The superblock as the kernel documents it (Documentation/filesystems/ext4/super.rst). Nothing:
// not an ext4 file system; ext2 and ext3 (no extents) are not.
std::optional<ext4_superblock> parse_superblock(
    std::span<const unsigned char, superblock_size> block
);

// Every function runs a tool to its end and throws storage_error when it failed.
class ext4_image {
public:
    // `scratch` is an empty private directory for the contents on their way in and out; `lock` is
    // inherited by the tools (tool_call::holds).
    ext4_image(std::filesystem::path file, std::filesystem::path scratch, int lock);

    // Formats the file, which must be new and have its size, with `files` in it, all owned by root.
    void format(const std::string& label, const std::vector<seed_file>& files);

    // Replays the journal and repairs what can be repaired without asking; thorough: even when the
    // file system is marked clean.
    enum class check_depth { if_unclean, thorough };
    void check(check_depth depth);

    // Those of `wanted` that the file system does not hold with this content and mode.
    std::vector<seed_file> differing(const std::vector<seed_file>& wanted);

    // What a file system that was made for another seed lacks of this one: files of policy
    // if_missing that are not there, and those of has_line without theirs, as they are with it.
    std::vector<seed_file> additions(const std::vector<seed_file>& seed);

    // Writes the files and reads them back. A crash in between leaves the file system marked
    // unclean, so that the next check() is a full one.
    void write(const std::vector<seed_file>& files);

    // Fills the file, which has been made larger.
    void grow();

private:
    // What it printed.
    std::string debugfs(const std::string& commands, bool writable);
    std::optional<seed_file> with_line(seed_file wanted);
    bool exists(const std::filesystem::path& name);
    void take_ownership(const std::vector<seed_file>& files);
    void require(const std::string& program, const std::vector<std::string>& arguments) const;

    std::filesystem::path file_;
    std::filesystem::path scratch_;
    int lock_;
};

}  // namespace vmctl
