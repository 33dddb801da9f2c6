// CREATE_NEW, with an access list of its own: the user's alone, wherever the directory is.
#include "gangway/failure.hpp"
#include "gangway/handle_windows.hpp"
#include "gangway/new_file.hpp"
#include "gangway/windows_error.hpp"

#include <sddl.h>

#include <algorithm>
#include <string_view>

namespace gangway {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::uint32_t error)
{
    throw failure(path.string() + " cannot be written: " + windows_message(error));
}

// Full access for its owner, and protected from what its directory would hand down.
constexpr const wchar_t* owners_alone = L"D:P(A;;FA;;;OW)";

windows_handle make(const std::filesystem::path& path)
{
    SECURITY_ATTRIBUTES access{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
    if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(
            owners_alone, SDDL_REVISION_1, &access.lpSecurityDescriptor, nullptr
        ) == 0)
        fail(path, last_windows_error());
    auto file = owned_file(::CreateFileW(
        path.c_str(), GENERIC_WRITE, 0, &access, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr
    ));
    const auto error = last_windows_error();
    ::LocalFree(access.lpSecurityDescriptor);
    if (file) return file;
    if (error == ERROR_FILE_EXISTS || error == ERROR_ALREADY_EXISTS)
        throw failure(path.string() + " exists already, and is left as it is; choose another name");
    fail(path, error);
}

}  // namespace

void write_new_file(const std::filesystem::path& path, const std::string& bytes)
{
    auto file = make(path);
    for (std::string_view left = bytes; !left.empty();) {
        constexpr std::size_t most = std::size_t{1} << 20U;
        DWORD count = 0;
        const auto size = static_cast<DWORD>(std::min(left.size(), most));
        if (::WriteFile(file.get(), left.data(), size, &count, nullptr) == 0) {
            const auto error = last_windows_error();
            file.reset();
            ::DeleteFileW(path.c_str());
            fail(path, error);
        }
        left.remove_prefix(count);
    }
}

}  // namespace gangway
