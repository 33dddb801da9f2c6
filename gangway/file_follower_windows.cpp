// By descriptor, as elsewhere; and opened so that the writer may rename, truncate and delete.
#include "gangway/failure.hpp"
#include "gangway/file_follower.hpp"
#include "gangway/handle_windows.hpp"
#include "gangway/windows_error.hpp"

#include <fcntl.h>
#include <io.h>

#include <cstdint>
#include <utility>

namespace gangway {
namespace {

constexpr std::size_t portion = 65536;

[[noreturn]] void fail(const std::filesystem::path& file, std::uint32_t error)
{
    throw failure(file.string() + " cannot be read: " + windows_message(error));
}

windows_handle opened(const std::filesystem::path& file, DWORD access)
{
    return owned_file(::CreateFileW(
        file.c_str(),
        access,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        nullptr,
        OPEN_EXISTING,
        FILE_ATTRIBUTE_NORMAL,
        nullptr
    ));
}

HANDLE handle_of(int descriptor)
{
    return reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor));
}

// Of the volume, and on it.
std::pair<DWORD, std::uint64_t> identity(HANDLE file)
{
    BY_HANDLE_FILE_INFORMATION about{};
    if (::GetFileInformationByHandle(file, &about) == 0) return {};
    return {
        about.dwVolumeSerialNumber,
        std::uint64_t{about.nFileIndexHigh} << 32U | about.nFileIndexLow};
}

}  // namespace

file_follower::~file_follower()
{
    close();
}

void file_follower::close()
{
    if (descriptor_ >= 0) ::_close(descriptor_);
    descriptor_ = -1;
}

void file_follower::open()
{
    auto file = opened(file_, GENERIC_READ);
    if (!file) {
        const auto error = last_windows_error();
        if (error != ERROR_FILE_NOT_FOUND && error != ERROR_PATH_NOT_FOUND) fail(file_, error);
        return;
    }
    descriptor_ =
        ::_open_osfhandle(reinterpret_cast<std::intptr_t>(file.release()), _O_RDONLY | _O_BINARY);
    found_ = true;
}

std::string file_follower::read_some()
{
    std::string bytes(portion, '\0');
    const auto size = ::_read(descriptor_, bytes.data(), static_cast<unsigned>(bytes.size()));
    if (size < 0) fail(file_, last_windows_error());
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
}

std::string file_follower::read_more()
{
    if (descriptor_ < 0) open();
    if (descriptor_ < 0) return {};
    const auto here = ::_lseeki64(descriptor_, 0, SEEK_CUR);
    if (::_filelengthi64(descriptor_) < here) ::_lseeki64(descriptor_, 0, SEEK_SET);
    auto bytes = read_some();
    if (!bytes.empty()) return bytes;
    const auto named = opened(file_, 0);
    if (!named || identity(named.get()) == identity(handle_of(descriptor_))) return bytes;
    close();
    open();
    return descriptor_ < 0 ? std::string() : read_some();
}

}  // namespace gangway
