// Sizes and durations in both directions.
#include "config/units.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace config;
using namespace std::chrono_literals;

TEST_CASE("a size is written in the largest unit that loses nothing")
{
    CHECK(to_string(mebibytes(512)) == "512MiB");
    CHECK(to_string(mebibytes(2048)) == "2GiB");
    CHECK(to_string(mebibytes(2049)) == "2049MiB");
    CHECK(to_string(gibibytes(1024)) == "1TiB");
    CHECK(to_string(byte_size{1000}) == "1000B");
    CHECK(to_string(byte_size{0}) == "0B");
}

TEST_CASE("a size is read in MiB, GiB and TiB")
{
    CHECK(parse_byte_size("1MiB") == byte_size{1048576});
    CHECK(parse_byte_size("3GiB") == gibibytes(3));
    CHECK(parse_byte_size("8388607TiB") == gibibytes(8388607ULL * 1024));
    for (const auto* const text :
         {"",
          "2",
          "GiB",
          "2GB",
          "2G",
          "2gib",
          "2 GiB",
          "02GiB",
          "0GiB",
          "-2GiB",
          "+2GiB",
          "2.5GiB",
          "2GiB ",
          "0x2GiB",
          "8388608TiB",
          "99999999999999999999GiB"}) {
        INFO(text);
        CHECK_FALSE(parse_byte_size(text));
    }
}

TEST_CASE("a duration is read in s, m and h and written in the largest that loses nothing")
{
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("5m") == 300s);
    CHECK(parse_duration("24h") == 24h);
    CHECK(to_string(90s) == "90s");
    CHECK(to_string(300s) == "5m");
    CHECK(to_string(7200s) == "2h");
    CHECK(to_string(0s) == "0s");
    for (const auto* const text :
         {"",
          "5",
          "m",
          "5min",
          "5M",
          "5 m",
          "0s",
          "05m",
          "-5m",
          "1h30m",
          "1.5h",
          "1d",
          "9223372036854775807m"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
}
