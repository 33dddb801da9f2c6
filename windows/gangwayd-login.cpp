// Starts the gangwayd.exe beside it, with its own arguments, and ends. A program that has a console
// would open a window when it is started at login; this one has none, and gives gangwayd a console
// that has none.
#include <windows.h>

#include <string>
#include <string_view>

namespace {

// What follows the program's name, as it is written.
std::wstring_view arguments_of(std::wstring_view line)
{
    const bool quoted = line.starts_with(L'"');
    const auto end = quoted ? line.find(L'"', 1) : line.find_first_of(L" \t");
    if (end == std::wstring_view::npos) return {};
    return line.substr(quoted ? end + 1 : end);
}

std::wstring daemon_program()
{
    std::wstring path(32768, L'\0');
    path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
    path.resize(path.rfind(L'\\') + 1);
    return path + L"gangwayd.exe";
}

}  // namespace

int WINAPI wWinMain(HINSTANCE, HINSTANCE, wchar_t*, int)
{
    const auto program = daemon_program();
    auto line = L"\"" + program + L"\"";
    line += arguments_of(::GetCommandLineW());
    STARTUPINFOW start{};
    start.cb = sizeof start;
    PROCESS_INFORMATION made{};
    if (::CreateProcessW(
            program.c_str(),
            line.data(),
            nullptr,
            nullptr,
            /* bInheritHandles= */ FALSE,
            CREATE_NO_WINDOW,
            nullptr,
            nullptr,
            &start,
            &made
        ) == 0)
        return static_cast<int>(::GetLastError());
    ::CloseHandle(made.hThread);
    ::CloseHandle(made.hProcess);
    return 0;
}
