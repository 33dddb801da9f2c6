// A Windows program's one line of arguments, taken apart as Windows does it, and its environment.
#include "proxy/program_words.hpp"

#include <catch2/catch.hpp>

// shellapi.h stands on windows.h.
// clang-format off
#include <windows.h>
#include <shellapi.h>
// clang-format on

#include <string>
#include <vector>

namespace {

std::vector<std::wstring> taken_apart(const std::wstring& line)
{
    int count = 0;
    wchar_t** const words = ::CommandLineToArgvW(line.c_str(), &count);
    std::vector<std::wstring> result(words, words + count);
    ::LocalFree(static_cast<void*>(words));
    return result;
}

std::wstring block(const std::vector<std::wstring>& entries)
{
    std::wstring text;
    for (const auto& each : entries) text.append(each).push_back(L'\0');
    return text;
}

}  // namespace

TEST_CASE("a word is quoted only where it has to be")
{
    using proxy::command_line;
    CHECK(command_line({"ssh", "-p", "22"}) == L"ssh -p 22");
    CHECK(command_line({"ssh", "two words"}) == L"ssh \"two words\"");
    CHECK(command_line({"ssh", ""}) == L"ssh \"\"");
    CHECK(command_line({"ssh", R"(C:\Users\me)"}) == LR"(ssh C:\Users\me)");
    CHECK(command_line({"ssh", R"(C:\Program Files\)"}) == LR"(ssh "C:\Program Files\\")");
    CHECK(command_line({"ssh", R"(say "hi")"}) == LR"(ssh "say \"hi\"")");
    CHECK(command_line({"ssh", R"(a\"b)"}) == LR"(ssh "a\\\"b")");
    CHECK(command_line({"ssh", "gr\xC3\xBC\xC3\x9F"}) == L"ssh gr\u00FC\u00DF");
}

TEST_CASE("what was made one line is the same words again")
{
    const std::vector<std::vector<std::wstring>> expected{
        {L"ssh", L"a b", L"", L"\"", L"\\", L"\\\\\"\\", L"tab\there"},
        {L"ssh", L"-o", L"ProxyCommand=\"C:\\Program Files\\x.exe\" -W %h:%p", L"--", L"host"},
        {L"ssh", L"docker --host=unix:///run/user/1/docker.sock system dial-stdio", L"&|<>^%PATH%"},
    };
    for (const auto& words : expected) {
        std::vector<std::string> narrow;
        for (const auto& each : words) narrow.emplace_back(each.begin(), each.end());
        CHECK(taken_apart(proxy::command_line(narrow)) == words);
    }
}

TEST_CASE("a program speaks English, and has the rest of our environment")
{
    const auto ours = block(
        {L"=C:=C:\\x",
         L"LANG=de_DE",
         L"Lc_Messages=de",
         L"PATH=C:\\Windows",
         L"ssh_askpass_require=force",
         L"USERPROFILE=C:\\Users\\me"}
    );
    const auto expected = block(
                              {L"=C:=C:\\x",
                               L"PATH=C:\\Windows",
                               L"USERPROFILE=C:\\Users\\me",
                               L"LC_ALL=C",
                               L"SSH_ASKPASS_REQUIRE=never"}
                          ) +
                          L'\0';
    CHECK(proxy::english_environment(ours) == expected);
}
