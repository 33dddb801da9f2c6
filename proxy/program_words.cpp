// Backslashes count only before a quote, and are doubled there.
#include "proxy/program_words.hpp"

#include <filesystem>

namespace proxy {
namespace {

std::wstring quoted(const std::wstring& word)
{
    if (!word.empty() && word.find_first_of(L" \t\n\v\"") == std::wstring::npos) return word;
    std::wstring text = L"\"";
    std::size_t backslashes = 0;
    for (const wchar_t each : word) {
        if (each == L'"') text.append(backslashes + 1, L'\\');
        backslashes = each == L'\\' ? backslashes + 1 : 0;
        text += each;
    }
    text.append(backslashes, L'\\');
    return text + L'"';
}

// Case counts as little as in Windows' names.
bool is_language(std::wstring_view entry)
{
    std::wstring name(entry.substr(0, entry.find(L'=', 1)));
    for (auto& each : name)
        if (each >= L'a' && each <= L'z') each = static_cast<wchar_t>(each - L'a' + L'A');
    return name.starts_with(L"LC_") || name.starts_with(L"LANG") || name == L"SSH_ASKPASS_REQUIRE";
}

}  // namespace

std::wstring command_line(const std::vector<std::string>& words)
{
    std::wstring line;
    for (const auto& each : words) {
        if (!line.empty()) line += L' ';
        const std::u8string utf8(each.begin(), each.end());
        line += quoted(std::filesystem::path(utf8).wstring());
    }
    return line;
}

std::wstring english_environment(std::wstring_view environment)
{
    std::wstring result;
    while (!environment.empty() && environment.front() != L'\0') {
        const auto entry = environment.substr(0, environment.find(L'\0'));
        environment.remove_prefix(std::min(environment.size(), entry.size() + 1));
        if (!is_language(entry)) result.append(entry).push_back(L'\0');
    }
    // An ssh that another starts, for a jump host, is not told to ask nobody (ssh(1), BatchMode).
    for (const std::wstring_view added : {L"LC_ALL=C", L"SSH_ASKPASS_REQUIRE=never"})
        result.append(added).push_back(L'\0');
    result.push_back(L'\0');
    return result;
}

}  // namespace proxy
