// Private files on POSIX: modes are set at creation, replacement is write, fsync, rename, fsync.
#include "vmctl/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace vmctl {
namespace {

[[noreturn]] void throw_error(const char* doing, const std::filesystem::path& path, int error)
{
    throw storage_error(
        std::string("cannot ") + doing + " " + path.string() + ": " +
        std::generic_category().message(error)
    );
}

void write_all(const unique_descriptor& file, std::string_view content)
{
    while (!content.empty()) {
        const auto written = write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw std::system_error(errno, std::generic_category());
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

void sync_directory(const std::filesystem::path& directory)
{
    const unique_descriptor opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A file system that cannot sync directories (EINVAL) has nothing better to offer.
    if (!opened || (fsync(opened.get()) != 0 && errno != EINVAL))
        throw_error("sync", directory, errno);
}

}  // namespace

unique_descriptor::~unique_descriptor()
{
    if (descriptor_ >= 0) close(descriptor_);
}

std::filesystem::path partial_name(const std::filesystem::path& path)
{
    return path.string() + ".partial";
}

void make_private_directory(const std::filesystem::path& directory)
{
    std::error_code error;
    if (directory.has_parent_path())
        std::filesystem::create_directories(directory.parent_path(), error);
    if (error) throw_error("make the directory", directory.parent_path(), error.value());
    if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
        throw_error("make the directory", directory, errno);
    struct stat status = {};
    if (stat(directory.c_str(), &status) != 0) throw_error("look at", directory, errno);
    if (!S_ISDIR(status.st_mode)) throw_error("make the directory", directory, ENOTDIR);
    if ((status.st_mode & 07777U) != 0700 && chmod(directory.c_str(), 0700) != 0)
        throw_error("make private (mode 0700) the directory", directory, errno);
}

unique_descriptor create_file(const std::filesystem::path& path, unsigned mode)
{
    if (unlink(path.c_str()) != 0 && errno != ENOENT) throw_error("replace", path, errno);
    unique_descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0600U));
    if (!file) throw_error("make", path, errno);
    // The umask can only take away from what open() was asked for; fchmod gives what it took.
    if (fchmod(file.get(), static_cast<mode_t>(mode)) != 0)
        throw_error("set the mode of", path, errno);
    return file;
}

void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode)
{
    const auto partial = partial_name(path);
    const auto file = create_file(partial, mode);
    try {
        write_all(file, content);
        commit_file(file, partial, path);
    } catch (const std::system_error& error) {
        unlink(partial.c_str());
        throw_error("write", path, error.code().value());
    } catch (...) {
        unlink(partial.c_str());
        throw;
    }
}

void commit_file(
    const unique_descriptor& file,
    const std::filesystem::path& from,
    const std::filesystem::path& to
)
{
    if (fsync(file.get()) != 0) throw_error("write", to, errno);
    if (rename(from.c_str(), to.c_str()) != 0) throw_error("replace", to, errno);
    sync_directory(to.has_parent_path() ? to.parent_path() : ".");
}

std::string read_file(const std::filesystem::path& path)
{
    const unique_descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw_error("read", path, errno);
    std::string content;
    std::array<char, 16UL * 1024> chunk = {};
    for (;;) {
        const auto got = read(file.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw_error("read", path, errno);
        if (got == 0) return content;
        content.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

unique_descriptor open_file(const std::filesystem::path& path)
{
    return unique_descriptor(open(path.c_str(), O_RDWR | O_CLOEXEC));
}

bool set_size(const unique_descriptor& file, std::uint64_t bytes)
{
    return ftruncate(file.get(), static_cast<off_t>(bytes)) == 0;
}

std::optional<std::uint64_t> size_of(const unique_descriptor& file)
{
    struct stat status = {};
    if (fstat(file.get(), &status) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
}

std::size_t read_at(
    const unique_descriptor& file, std::uint64_t offset, std::span<unsigned char> into
)
{
    const auto got = pread(file.get(), into.data(), into.size(), static_cast<off_t>(offset));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void sync_to_disk(const std::filesystem::path& path)
{
    const unique_descriptor opened(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened || fsync(opened.get()) != 0) throw_error("write", path, errno);
}

// By locks on bytes 100 to 263 (QEMU's block/file-posix.c).
bool is_open_in_qemu(const unique_descriptor& file)
{
    struct flock range = {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = 100;
    range.l_len = 164;
    // Tells of locks of open files, too, which QEMU's are where there are any.
    return fcntl(file.get(), F_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

std::string obstacle_to_entering(const std::filesystem::path& directory)
{
    if (access(directory.c_str(), R_OK | X_OK) == 0) return {};
    return std::generic_category().message(errno);
}

directory_lock::directory_lock(
    const std::filesystem::path& directory, const std::function<void()>& waiting
)
    : descriptor_(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
{
    constexpr std::chrono::milliseconds interval{200};
    if (!descriptor_) throw_error("open the directory", directory, errno);
    while (flock(descriptor_.get(), waiting ? LOCK_EX | LOCK_NB : LOCK_EX) != 0) {
        if (errno != EINTR && errno != EWOULDBLOCK)
            throw_error("lock the directory", directory, errno);
        if (!waiting) continue;
        waiting();
        std::this_thread::sleep_for(interval);
    }
}

}  // namespace vmctl
