// Words to one text, as CommandLineToArgvW takes it apart again.
#include "config/windows_words.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using config::windows_command_line;
using words = std::vector<std::string>;

TEST_CASE("a word is quoted where Windows would cut it or take its marks")
{
    const auto [word, written] = GENERATE(table<std::string, std::string>({
        {"plain", "plain"},
        {"", R"("")"},
        {"two words", R"("two words")"},
        {"a\ttab", "\"a\ttab\""},
        {R"(C:\plain\path)", R"(C:\plain\path)"},
        {R"(C:\Program Files\x)", R"("C:\Program Files\x")"},
        // A backslash before the closing mark would take it along.
        {R"(C:\Program Files\)", R"("C:\Program Files\\")"},
        {R"(say "yes")", R"("say \"yes\"")"},
        {R"(\\"\)", R"("\\\\\"\\")"},
        {"npipe:////./pipe/docker_engine", "npipe:////./pipe/docker_engine"},
        {"%PATH%", "%PATH%"},  // no shell reads it
    }));
    CHECK(windows_command_line({word}) == written);
}

TEST_CASE("words are divided by one blank")
{
    CHECK(windows_command_line(words{"a b", "--c", ""}) == R"("a b" --c "")");
    CHECK(windows_command_line(words{}).empty());
}
