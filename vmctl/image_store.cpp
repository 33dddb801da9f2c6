// Directories that are renamed, under a lock on the one that holds them.
#include "vmctl/image_store.hpp"

#include "config/remote_file.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/scratch_directory.hpp"
#include "vmctl/sha256.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace vmctl {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path)
{
    std::error_code unknown;
    return fs::exists(path, unknown);
}

void move_whole(const fs::path& from, const fs::path& to)
{
    std::error_code error;
    fs::rename(from, to, error);
    if (error)
        throw storage_error(
            "cannot rename " + from.string() + " to " + to.string() + ": " + error.message()
        );
}

// What an archive says of its directories may keep their owner out.
void open_to_owner(const fs::path& directory)
{
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(directory, error))) return;
    fs::permissions(directory, fs::perms::owner_all, fs::perm_options::add, error);
    for (const auto& entry : fs::directory_iterator(directory, error)) open_to_owner(entry.path());
}

void clear(const fs::path& path)
{
    open_to_owner(path);
    std::error_code error;
    fs::remove_all(path, error);
    if (error) throw storage_error("cannot remove " + path.string() + ": " + error.message());
}

// Before anything goes that it takes the place of.
void sync_image(const fs::path& directory)
{
    for (const auto& entry : fs::directory_iterator(directory)) sync_to_disk(entry.path());
    sync_to_disk(directory);
}

// What else an archive may hold could lead out of its directory.
void check_kinds(const fs::path& directory)
{
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const auto kind = entry.symlink_status().type();
        if (kind == fs::file_type::regular || kind == fs::file_type::directory) continue;
        throw storage_error(
            "the image has something else than files in it: " +
            entry.path().lexically_relative(directory).string()
        );
    }
}

// An archive may have been made of the directory itself.
fs::path place_of_manifest(const fs::path& directory)
{
    if (is_there(directory / "manifest.json")) return directory;
    for (const auto& entry : fs::directory_iterator(directory))
        if (entry.is_directory() && is_there(entry.path() / "manifest.json")) return entry.path();
    throw storage_error("there is no manifest.json in it, so it is no image of a VM");
}

fs::path beside(const fs::path& directory, const char* what)
{
    return directory.string() + what;
}

}  // namespace

image_store::image_store(const fs::path& directory)
    // "/a/b/" names the same as "/a/b", beside which the others are.
    : directory_(directory.has_filename() ? directory : directory.parent_path()),
      next_(beside(directory_, ".next")),
      former_(beside(directory_, ".former")),
      incoming_(beside(directory_, ".incoming")),
      worthless_(beside(directory_, ".worthless"))
{
}

vm_image image_store::take_in(const image_source& source, const image_report& report) const
{
    check_place();
    // The directory itself stays, since a lock on one that is gone keeps nobody out. What a tool
    // holds keeps the next daemon out, too, until the tool has ended.
    const directory_lock alone(incoming_, [&report] { report("wait", {}); });
    clear(unpacked().parent_path());
    const scratch_directory scratch(unpacked().parent_path());
    if (config::is_url(source.place)) {
        const auto archive = incoming_ / ("archive-" + source.sha256);
        // One may be left of an earlier try, which had no room to be unpacked.
        if (!is_there(archive) || sha256_of(archive) != source.sha256) {
            const auto tell = [&report](download_progress so_far) { report("download", so_far); };
            download(source.place, archive, source.sha256, tell, alone.descriptor());
        }
        unpack(archive, report, alone.descriptor());
        clear(archive);
    } else if (fs::is_directory(source.place)) {
        if (!source.sha256.empty())
            throw storage_error("a directory has no sha256; its manifest has those of its files");
        copy(source.place, report);
    } else {
        if (!source.sha256.empty() && sha256_of(source.place) != source.sha256)
            throw storage_error(
                source.place + " has another sha256 than was asked for: " + sha256_of(source.place)
            );
        unpack(source.place, report, alone.descriptor());
    }
    const auto made = place_of_manifest(unpacked());
    report("verify", {});
    verify_checksums(load_image(made));
    // Whoever runs QEMU may read it.
    fs::permissions(made, fs::perms(0755));
    sync_image(made);
    const directory_lock renaming(directory_.parent_path());
    clear(next_);
    move_whole(made, next_);
    return load_image(next_);
}

void image_store::unpack(const fs::path& archive, const image_report& report, int lock) const
{
    fs::create_directories(unpacked());
    tool_call call{
        "bsdtar",
        {"-x",
         "--no-same-owner",
         "--no-same-permissions",
         "-f",
         archive.string(),
         "-C",
         unpacked().string()},
        {},
        lock};
    call.meanwhile = [&report] { report("unpack", {}); };
    const auto result = run_tool(call);
    if (result.exit_code != 0)
        throw storage_error("cannot unpack the image: " + failure_of(call, result));
    open_to_owner(unpacked());
    check_kinds(unpacked());
}

void image_store::copy(const fs::path& source, const image_report& report) const
{
    fs::create_directories(unpacked());
    const auto image = load_image(source);
    std::error_code error;
    const auto copy_one = [&](const fs::path& file) {
        report("unpack", {});
        fs::copy_file(file, unpacked() / file.filename(), error);
        if (error) throw storage_error("cannot copy " + file.string() + ": " + error.message());
    };
    for (const auto& [file, described] : image.files) copy_one(file);
    copy_one(source / "manifest.json");
}

fs::path image_store::unpacked() const
{
    return incoming_ / "unpacked/image";
}

// What a package has brought would be another's files.
void image_store::check_place() const
{
    if (directory_.string().starts_with("/usr/"))
        throw storage_error(
            "the image in " + directory_.string() +
            " was brought by a package; upgrade that, or set vm.image to a directory of your own"
        );
    std::error_code error;
    fs::create_directories(incoming_, error);
    if (error)
        throw storage_error(
            "cannot make the directory " + incoming_.string() + ": " + error.message()
        );
}

bool image_store::has_other() const
{
    if (!is_there(next_)) return false;
    const auto manifest = read_file(next_ / "manifest.json");
    return !is_there(directory_ / "manifest.json") ||
           read_file(directory_ / "manifest.json") != manifest;
}

void image_store::put_in() const
{
    const directory_lock alone(directory_.parent_path());
    load_image(next_);
    // One that was never proved is not worth going back to.
    if (is_there(directory_) && !is_there(former_)) move_whole(directory_, former_);
    clear(directory_);
    move_whole(next_, directory_);
    sync_to_disk(directory_.parent_path());
}

bool image_store::is_on_trial() const
{
    return is_there(former_) && is_there(directory_);
}

void image_store::take_back() const
{
    const directory_lock alone(directory_.parent_path());
    if (!is_on_trial()) return;
    clear(worthless_);
    move_whole(directory_, worthless_);
    move_whole(former_, directory_);
    clear(worthless_);
}

void image_store::keep() const
{
    const directory_lock alone(directory_.parent_path());
    if (!is_on_trial()) return;
    sync_to_disk(directory_.parent_path());
    clear(worthless_);
    move_whole(former_, worthless_);
    clear(worthless_);
}

void image_store::mend() const
{
    if (is_there(directory_) || !is_there(former_)) return;
    const directory_lock alone(directory_.parent_path());
    if (!is_there(directory_) && is_there(former_)) move_whole(former_, directory_);
}

}  // namespace vmctl
