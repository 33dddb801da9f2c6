// HKEY_CURRENT_USER's Run key.
#include "gangwayd/login_start_windows.hpp"

#include "gangwayd/windows_text.hpp"

#include <windows.h>

#include <system_error>

namespace {

constexpr const wchar_t* run_key = LR"(Software\Microsoft\Windows\CurrentVersion\Run)";

void check(LSTATUS status)
{
    if (status != ERROR_SUCCESS)
        throw std::system_error(
            status, std::system_category(), "the registry's list of what starts at login"
        );
}

}  // namespace

void install_login_start(const std::string& name, const std::string& command_line)
{
    const auto text = wide(command_line);
    const auto size = static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t));
    check(::RegSetKeyValueW(
        HKEY_CURRENT_USER, run_key, wide(name).c_str(), REG_SZ, text.c_str(), size
    ));
}

bool remove_login_start(const std::string& name)
{
    const auto status = ::RegDeleteKeyValueW(HKEY_CURRENT_USER, run_key, wide(name).c_str());
    if (status == ERROR_FILE_NOT_FOUND) return false;
    check(status);
    return true;
}
