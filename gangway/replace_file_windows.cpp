// A file of a name that nobody else uses, put in the place of the former one, whose permissions it
// takes over. A new one has those of its directory: in a user's profile, that is the user's alone.
#include "gangway/failure.hpp"
#include "gangway/handle_windows.hpp"
#include "gangway/replace_file.hpp"
#include "gangway/windows_error.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace gangway {
namespace {

namespace fs = std::filesystem;

// Where links lead; the path itself where there is nothing yet.
fs::path end_of_links(const fs::path& path)
{
    const auto file = owned_file(::CreateFileW(
        path.c_str(),
        0,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        nullptr,
        OPEN_EXISTING,
        0,
        nullptr
    ));
    std::array<wchar_t, 32768> name{};
    if (!file) return path;
    const auto size =
        ::GetFinalPathNameByHandleW(file.get(), name.data(), static_cast<DWORD>(name.size()), 0);
    if (size == 0 || size >= name.size()) return path;
    return std::wstring(name.data(), size);
}

// 0, or what has gone wrong.
std::uint32_t write_new(const fs::path& path, std::string_view text)
{
    const auto file = owned_file(::CreateFileW(
        path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr
    ));
    if (!file) return last_windows_error();
    while (!text.empty()) {
        constexpr std::size_t most = std::size_t{1} << 20U;
        DWORD count = 0;
        const auto size = static_cast<DWORD>(std::min(text.size(), most));
        if (::WriteFile(file.get(), text.data(), size, &count, nullptr) == 0)
            return last_windows_error();
        text.remove_prefix(count);
    }
    return 0;
}

std::uint32_t move_there(const fs::path& partial, const fs::path& target)
{
    if (::ReplaceFileW(
            target.c_str(),
            partial.c_str(),
            nullptr,
            REPLACEFILE_IGNORE_MERGE_ERRORS,
            nullptr,
            nullptr
        ) != 0)
        return 0;
    if (last_windows_error() != ERROR_FILE_NOT_FOUND) return last_windows_error();
    if (::MoveFileExW(partial.c_str(), target.c_str(), MOVEFILE_REPLACE_EXISTING) != 0) return 0;
    return last_windows_error();
}

}  // namespace

void replace_file(const fs::path& path, std::string_view text, fs::perms)
{
    const auto target = end_of_links(path);
    auto partial = target;
    partial += L"." + std::to_wstring(::GetCurrentProcessId());
    auto error = write_new(partial, text);
    if (error == 0) error = move_there(partial, target);
    if (error == 0) return;
    ::DeleteFileW(partial.c_str());
    throw failure(path.string() + " cannot be written: " + windows_message(error));
}

}  // namespace gangway
