// By the file system of Windows. The prefix \\?\ lets paths be longer than 260 letters.
#include "proxy/host_paths.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

// Before anything that declares less of it.
#include <windows.h>

namespace proxy {
namespace {

struct handle_closer {
    void operator()(void* handle) const { ::CloseHandle(handle); }
};

using open_handle = std::unique_ptr<void, handle_closer>;

// libstdc++ takes narrow text for UTF-8 and writes it so.
std::filesystem::path long_form(const std::string& path)
{
    return std::filesystem::path("\\\\?\\" + path);
}

// Directories as well as files, whatever others do with them.
open_handle opened(const std::filesystem::path& path)
{
    void* const handle = ::CreateFileW(
        path.c_str(),
        FILE_READ_ATTRIBUTES,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        nullptr,
        OPEN_EXISTING,
        FILE_FLAG_BACKUP_SEMANTICS,
        nullptr
    );
    return open_handle(handle == INVALID_HANDLE_VALUE ? nullptr : handle);
}

// Empty: it cannot be told.
std::string name_of(const open_handle& file)
{
    std::wstring name(MAX_PATH, L'\0');
    for (;;) {
        const auto size = ::GetFinalPathNameByHandleW(
            file.get(), name.data(), static_cast<DWORD>(name.size()), FILE_NAME_NORMALIZED
        );
        if (size == 0) return {};
        const bool fits = size < name.size();
        name.resize(size);
        if (fits) return std::filesystem::path(name).string();
    }
}

}  // namespace

// What is there of it has a name; what is not keeps the letters that it was asked for with.
std::string real_path(const std::string& path)
{
    const std::size_t drive = 3;
    std::string there = path;
    while (there.size() >= drive) {
        if (const auto file = opened(long_form(there))) {
            const auto name = name_of(file);
            if (name.empty()) return path;
            return config::read_windows_path(name + '\\' + path.substr(there.size())).text;
        }
        if (there.size() == drive) break;
        there.resize(std::max(there.rfind('\\'), drive - 1));
        if (there.size() < drive) there += '\\';
    }
    return path;
}

void make_directory(const std::string& path)
{
    // Not create_directories(), which stumbles over the prefix.
    for (auto end = path.find('\\', 3);; end = path.find('\\', end + 1)) {
        ::CreateDirectoryW(long_form(path.substr(0, end)).c_str(), nullptr);
        if (end == std::string::npos) return;
    }
}

host_paths native_host_paths()
{
    return {.dialect = config::path_dialect::windows};
}

}  // namespace proxy
