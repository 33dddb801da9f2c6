// Durations in words, and control characters kept from the terminal.
#include "gangway/wording.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

TEST_CASE("a stopwatch shows tenths of a second up to ten minutes")
{
    const auto [elapsed, text] = GENERATE(table<std::chrono::milliseconds, std::string>({
        {-5ms, "0.0 s"},
        {0ms, "0.0 s"},
        {99ms, "0.0 s"},
        {100ms, "0.1 s"},
        {61230ms, "61.2 s"},
        {599999ms, "599.9 s"},
        {600000ms, "10 min 0 s"},
        {3725000ms, "62 min 5 s"},
    }));
    CHECK(gangway::stopwatch_text(elapsed) == text);
}

TEST_CASE("an age is in its largest unit")
{
    const auto [age, text] = GENERATE(table<std::chrono::seconds, std::string>({
        {0s, "0 seconds"},
        {1s, "1 second"},
        {59s, "59 seconds"},
        {60s, "1 minute"},
        {7199s, "1 hour"},
        {7200s, "2 hours"},
        {86400s * 3, "3 days"},
    }));
    CHECK(gangway::age_text(age) == text);
}

TEST_CASE("control characters are shown as question marks, other text as it is")
{
    const auto [given, shown] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"docker", "docker"},
        {"Grüße, 世界", "Grüße, 世界"},
        {"\x1b[31m", "?[31m"},
        {"a\nb\tc\rd\x7f", "a\nb?c?d?"},
        {"\xc2\x9b"
         "2J",
         "?2J"},
        {"\xc2\xa0", "\xc2\xa0"},
        {"\xc2", "\xc2"},
    }));
    CHECK(gangway::printable(given) == shown);
}

TEST_CASE("a size is told to what a person can use")
{
    CHECK(gangway::size_text(0) == "0 MiB");
    CHECK(gangway::size_text(std::uint64_t{329} << 20) == "329 MiB");
    CHECK(gangway::size_text((std::uint64_t{1} << 30) - 1) == "1 GiB");
    CHECK(gangway::size_text(std::uint64_t{1341} << 20) == "1.3 GiB");
    CHECK(gangway::size_text(std::uint64_t{64} << 30) == "64 GiB");
}
