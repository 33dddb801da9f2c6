// UTF-8 and UTF-16.
#include "proxy/windows_text.hpp"

#include <windows.h>

namespace proxy {

std::wstring wide(std::string_view text)
{
    const auto size = static_cast<int>(text.size());
    const int length = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
    std::wstring converted(static_cast<std::size_t>(length), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, converted.data(), length);
    return converted;
}

std::string narrow(std::wstring_view text)
{
    const auto size = static_cast<int>(text.size());
    const int length =
        ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
    std::string converted(static_cast<std::size_t>(length), '\0');
    ::WideCharToMultiByte(
        CP_UTF8, 0, text.data(), size, converted.data(), length, nullptr, nullptr
    );
    return converted;
}

}  // namespace proxy
