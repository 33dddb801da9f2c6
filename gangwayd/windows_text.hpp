// Text as Windows' calls take it. For the files of Windows alone.
#pragma once

#include <filesystem>
#include <string>

// What is UTF-8 for us is UTF-16 for them; what is no UTF-8 throws std::exception.
inline std::wstring wide(const std::string& text)
{
    return std::filesystem::path(text).wstring();
}

inline std::string narrow(const std::wstring& text)
{
    return std::filesystem::path(text).string();
}
