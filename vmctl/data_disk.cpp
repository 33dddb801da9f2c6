// Decides what has to happen to the data disk and leaves nothing half-made; ext4.hpp does the work.
#include "vmctl/data_disk.hpp"

#include "vmctl/ext4.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/scratch_directory.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace vmctl {
namespace {

using std::filesystem::path;

// A multiple of it never ends in a block group too small for ext4 to use, so that a file system's
// size is exactly what was asked for.
constexpr std::uint64_t grain = data_disk_grain.bytes;

std::string in_mebibytes(std::uint64_t bytes)
{
    return std::to_string(bytes / config::mebibytes(1).bytes) + "MiB";
}

std::string system_message(int error)
{
    return std::generic_category().message(error);
}

// Removes a file that did not become what it should.
class removed_unless_kept {
public:
    explicit removed_unless_kept(path file) : file_(std::move(file)) {}

    removed_unless_kept(const removed_unless_kept&) = delete;
    removed_unless_kept& operator=(const removed_unless_kept&) = delete;

    ~removed_unless_kept()
    {
        std::error_code gone_already;
        if (!file_.empty()) std::filesystem::remove(file_, gone_already);
    }

    void keep() { file_.clear(); }

private:
    path file_;
};

void resize_file(const unique_descriptor& file, std::uint64_t bytes, const path& name)
{
    if (!set_size(file, bytes))
        throw storage_error(
            "cannot give " + name.string() + " its size of " + in_mebibytes(bytes) + ": " +
            system_message(errno)
        );
}

void create(
    const path& file,
    std::uint64_t size,
    const std::vector<seed_file>& seed,
    const path& scratch,
    int lock
)
{
    const auto partial = partial_name(file);
    const auto opened = create_file(partial, 0600);
    removed_unless_kept guard(partial);
    resize_file(opened, size, partial);
    // What lacks a line is a file that was made earlier; what is missing is written here at once.
    std::vector<seed_file> files;
    std::ranges::copy_if(seed, std::back_inserter(files), [](const seed_file& each) {
        return each.policy != seed_policy::has_line;
    });
    try {
        ext4_image(partial, scratch, lock).format(data_disk_label, files);
    } catch (const storage_error& error) {
        throw storage_error("cannot make the data disk " + file.string() + ": " + error.what());
    }
    commit_file(opened, partial, file);
    guard.keep();
}

unique_descriptor open_existing(const path& file)
{
    auto opened = open_file(file);
    if (!opened)
        throw storage_error(
            "cannot use the data disk " + file.string() + ": " + system_message(errno)
        );
    return opened;
}

ext4_superblock identify(const unique_descriptor& opened, const path& file)
{
    std::array<unsigned char, superblock_size> block = {};
    const auto got = read_at(opened, superblock_size, block);
    const auto found = got == block.size() ? parse_superblock(block) : std::nullopt;
    if (!found || found->label != data_disk_label)
        throw storage_error(
            file.string() +
            " exists but is not a data disk: it holds no ext4 file system labelled " +
            data_disk_label + ". Move it away and a new disk is made."
        );
    return *found;
}

void refuse_if_in_use(const unique_descriptor& opened, const path& file)
{
    if (is_open_in_qemu(opened))
        throw storage_error(
            "the data disk " + file.string() +
            " is in use by another virtual machine: stop it first"
        );
}

std::uint64_t known_size(const unique_descriptor& opened, const path& file)
{
    const auto size = size_of(opened);
    if (!size)
        throw storage_error("cannot look at " + file.string() + ": " + system_message(errno));
    return *size;
}

disk_change keep_current(
    const path& file,
    std::uint64_t size,
    const std::vector<seed_file>& seed,
    const path& scratch,
    int lock
)
{
    const auto opened = open_existing(file);
    const auto found = identify(opened, file);
    refuse_if_in_use(opened, file);
    const auto available = known_size(opened, file);
    if (available < found.bytes)
        throw storage_error(
            "the data disk " + file.string() + " is cut off: its file system needs " +
            in_mebibytes(found.bytes) + " and the file has " + in_mebibytes(available) +
            ". Restore it, or move it away and a new disk is made."
        );
    if (found.bytes >= size + grain)
        throw storage_error(
            "the data disk " + file.string() + " has " + in_mebibytes(found.bytes) +
            " and cannot shrink to " + in_mebibytes(size) + ": set vm.disk to \"" +
            in_mebibytes(found.bytes) + "\" or more"
        );

    disk_change change;
    ext4_image image(file, scratch, lock);
    image.check(ext4_image::check_depth::if_unclean);
    if (found.bytes < size) {
        if (available < size) resize_file(opened, size, file);
        image.grow();
        change.grown = true;
    }
    std::vector<seed_file> kept;
    std::copy_if(seed.begin(), seed.end(), std::back_inserter(kept), [](const seed_file& each) {
        return each.policy == seed_policy::always;
    });
    auto stale = image.differing(kept);
    std::ranges::move(image.additions(seed), std::back_inserter(stale));
    if (!stale.empty()) {
        image.write(stale);
        for (const auto& each : stale) change.updated.push_back(each.path);
    }
    return change;
}

}  // namespace

disk_change ensure_data_disk(
    const path& file, config::byte_size size, const std::vector<seed_file>& seed
)
{
    const auto rounded = size.bytes / grain * grain;
    if (rounded < smallest_data_disk.bytes)
        throw storage_error(
            "vm.disk is " + in_mebibytes(size.bytes) + ": a data disk needs at least " +
            in_mebibytes(smallest_data_disk.bytes)
        );
    const auto disk = std::filesystem::absolute(file);
    make_private_directory(disk.parent_path());
    const directory_lock lock(disk.parent_path());
    try {
        // What a killed process left behind. Only a leftover of the lock's holder can be here.
        std::filesystem::remove(partial_name(disk));
        // Beside the disk: the keys that pass through it must not lie in /tmp.
        const scratch_directory scratch(disk.parent_path() / "seed.partial");
        if (std::filesystem::exists(std::filesystem::symlink_status(disk)))
            return keep_current(disk, rounded, seed, scratch.name(), lock.descriptor());
        create(disk, rounded, seed, scratch.name(), lock.descriptor());
    } catch (const std::filesystem::filesystem_error& error) {
        throw storage_error("cannot make the data disk " + file.string() + ": " + error.what());
    }
    disk_change change;
    change.created = true;
    return change;
}

}  // namespace vmctl
