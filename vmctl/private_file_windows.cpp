// Private files on Windows. Who may read them says the directory: those of a user's profile, and
// the one below %ProgramData% that the daemon makes, are closed to others.
#include "vmctl/private_file.hpp"

#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <sys/stat.h>
#include <windows.h>
#include <winioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace vmctl {
namespace {

constexpr const char* lock_name = ".lock";

[[noreturn]] void throw_error(
    const char* doing, const std::filesystem::path& path, const std::error_code& error
)
{
    throw storage_error(
        std::string("cannot ") + doing + " " + path.string() + ": " + error.message()
    );
}

std::error_code last_error()
{
    return {static_cast<int>(::GetLastError()), std::system_category()};
}

std::error_code from_errno()
{
    return {errno, std::generic_category()};
}

HANDLE handle_of(const unique_descriptor& file)
{
    return reinterpret_cast<HANDLE>(::_get_osfhandle(file.get()));
}

// Files are opened so that they can be renamed and removed while they are.
unique_descriptor open_shared(
    const std::filesystem::path& path,
    DWORD how,
    DWORD access = GENERIC_READ | GENERIC_WRITE | DELETE
)
{
    auto* const handle = ::CreateFileW(
        path.c_str(),
        access,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        nullptr,
        how,
        FILE_ATTRIBUTE_NORMAL,
        nullptr
    );
    if (handle == INVALID_HANDLE_VALUE) {
        const auto error = ::GetLastError();
        errno = error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? ENOENT : EACCES;
        return {};
    }
    const int descriptor = ::_open_osfhandle(reinterpret_cast<intptr_t>(handle), _O_BINARY);
    if (descriptor < 0) ::CloseHandle(handle);
    return unique_descriptor(descriptor);
}

void write_all(
    const unique_descriptor& file, std::string_view content, const std::filesystem::path& path
)
{
    while (!content.empty()) {
        constexpr std::size_t most = std::size_t{1} << 20;
        const auto portion = static_cast<unsigned>(std::min(content.size(), most));
        const int written = ::_write(file.get(), content.data(), portion);
        if (written < 0) throw_error("write", path, from_errno());
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

unique_descriptor::~unique_descriptor()
{
    if (descriptor_ >= 0) ::_close(descriptor_);
}

std::filesystem::path partial_name(const std::filesystem::path& path)
{
    return path.string() + ".partial";
}

void make_private_directory(const std::filesystem::path& directory)
{
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) throw_error("make the directory", directory, error);
}

unique_descriptor create_file(const std::filesystem::path& path, unsigned /*mode*/)
{
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) throw_error("replace", path, error);
    auto file = open_shared(path, CREATE_NEW);
    if (!file) throw_error("make", path, last_error());
    return file;
}

void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode)
{
    const auto partial = partial_name(path);
    const auto file = create_file(partial, mode);
    try {
        write_all(file, content, path);
        commit_file(file, partial, path);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(partial, ignored);
        throw;
    }
}

void commit_file(
    const unique_descriptor& file,
    const std::filesystem::path& from,
    const std::filesystem::path& to
)
{
    if (::_commit(file.get()) != 0) throw_error("write", to, from_errno());
    constexpr DWORD flags = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    if (::MoveFileExW(from.c_str(), to.c_str(), flags) == 0)
        throw_error("replace", to, last_error());
}

std::string read_file(const std::filesystem::path& path)
{
    const auto file = open_shared(path, OPEN_EXISTING, GENERIC_READ);
    if (!file) throw_error("read", path, from_errno());
    std::string content;
    std::array<char, std::size_t{16} * 1024> chunk{};
    for (;;) {
        const int got = ::_read(file.get(), chunk.data(), static_cast<unsigned>(chunk.size()));
        if (got < 0) throw_error("read", path, from_errno());
        if (got == 0) return content;
        content.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

unique_descriptor open_file(const std::filesystem::path& path)
{
    return open_shared(path, OPEN_EXISTING);
}

bool set_size(const unique_descriptor& file, std::uint64_t bytes)
{
    DWORD unused = 0;
    // Where the file system cannot, it takes all its room.
    ::DeviceIoControl(handle_of(file), FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &unused, nullptr);
    return ::_chsize_s(file.get(), static_cast<long long>(bytes)) == 0;
}

std::optional<std::uint64_t> size_of(const unique_descriptor& file)
{
    const auto size = ::_filelengthi64(file.get());
    if (size < 0) return std::nullopt;
    return static_cast<std::uint64_t>(size);
}

std::size_t read_at(
    const unique_descriptor& file, std::uint64_t offset, std::span<unsigned char> into
)
{
    OVERLAPPED where{};
    where.Offset = static_cast<DWORD>(offset);
    where.OffsetHigh = static_cast<DWORD>(offset >> 32U);
    DWORD got = 0;
    const auto size = static_cast<DWORD>(into.size());
    return ::ReadFile(handle_of(file), into.data(), size, &got, &where) != 0 ? got : 0;
}

// Windows has no such call for a directory.
void sync_to_disk(const std::filesystem::path& path)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return;
    const auto file = open_shared(path, OPEN_EXISTING, GENERIC_READ | GENERIC_WRITE);
    if (!file || ::_commit(file.get()) != 0) throw_error("write", path, from_errno());
}

// QEMU for Windows marks nothing; it does not share what it has open.
bool is_open_in_qemu(const unique_descriptor&)
{
    return false;
}

std::string obstacle_to_entering(const std::filesystem::path& directory)
{
    std::error_code error;
    const std::filesystem::directory_iterator look(directory, error);
    return error ? error.message() : std::string();
}

// A directory cannot be locked: a file in it is.
directory_lock::directory_lock(
    const std::filesystem::path& directory, const std::function<void()>& waiting
)
    : descriptor_(open_shared(directory / lock_name, OPEN_ALWAYS))
{
    constexpr std::chrono::milliseconds interval{200};
    if (!descriptor_) throw_error("lock the directory", directory, last_error());
    const DWORD how =
        waiting ? LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY : LOCKFILE_EXCLUSIVE_LOCK;
    OVERLAPPED where{};
    while (::LockFileEx(handle_of(descriptor_), how, 0, 1, 0, &where) == 0) {
        if (::GetLastError() != ERROR_LOCK_VIOLATION && ::GetLastError() != ERROR_IO_PENDING)
            throw_error("lock the directory", directory, last_error());
        if (waiting) waiting();
        std::this_thread::sleep_for(interval);
    }
}

}  // namespace vmctl
