// Reads the environment of this process on Windows.
#include "config/environment.hpp"

#include <windows.h>

#include <cstdlib>
#include <string>

namespace config {
namespace {

std::filesystem::path variable(const wchar_t* name)
{
    const wchar_t* const value = ::_wgetenv(name);
    return value ? std::filesystem::path(value) : std::filesystem::path();
}

// A service runs as LocalSystem, in the session that no user has.
bool is_service()
{
    DWORD session = 0;
    return ::ProcessIdToSessionId(::GetCurrentProcessId(), &session) != 0 && session == 0 &&
           variable(L"USERNAME").wstring().ends_with(L'$');
}

}  // namespace

environment read_environment()
{
    std::error_code ignored;  // a deleted working directory only matters to relative paths
    const auto local = variable(L"LOCALAPPDATA");
    return {
        .system_service = is_service(),
        .home = variable(L"USERPROFILE"),
        .xdg_runtime_dir = local,
        .xdg_config_home = variable(L"APPDATA"),
        .xdg_state_home = local,
        .xdg_data_home = local,
        .user_runtime_dir = {},
        .packaged_images = {},
        .working_directory = std::filesystem::current_path(ignored),
        .has_named_pipes = true,
        // Names of variables have no case there.
        .http_proxy = variable(L"HTTP_PROXY").string(),
        .https_proxy = variable(L"HTTPS_PROXY").string(),
        .no_proxy = variable(L"NO_PROXY").string(),
        .authorities = {},
        .paths = path_dialect::windows,
        .places = native_host_places(),
    };
}

}  // namespace config
