// FormatMessage, in the user's language.
#include "gangway/windows_error.hpp"

#include <windows.h>

#include <array>
#include <filesystem>

namespace gangway {

std::uint32_t last_windows_error()
{
    return ::GetLastError();
}

std::string windows_message(std::uint32_t error)
{
    std::array<wchar_t, 512> text{};
    const auto size = ::FormatMessageW(
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
        nullptr,
        error,
        0,
        text.data(),
        static_cast<DWORD>(text.size()),
        nullptr
    );
    auto message = std::filesystem::path(std::wstring(text.data(), size)).string();
    message.erase(message.find_last_not_of(" .\r\n") + 1);
    return message.empty() ? "error " + std::to_string(error) : message;
}

}  // namespace gangway
