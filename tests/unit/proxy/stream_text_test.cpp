// Moments as dockerd writes them.
#include "proxy/stream_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace proxy;

TEST_CASE("moments are read and written as dockerd does")
{
    const auto since = [](std::string_view text) {
        const auto at = parse_time(text);
        return at ? to_since(*at) : "none";
    };
    CHECK(since("2026-11-27T19:48:05.012345678Z") == "1795808885.012345678");
    CHECK(since("2026-11-27T20:48:05.012345678+01:00") == "1795808885.012345678");
    CHECK(since("2026-11-27T14:18:05.5-05:30") == "1795808885.500000000");
    CHECK(since("1970-01-01T00:00:00Z") == "0.000000000");
    CHECK(since("2026-11-27T19:48:05.0123456789Z") == "1795808885.012345678");
    for (const auto* const bad :
         {"",
          "2026-11-27T19:48:05",
          "2026-11-27 19:48:05Z",
          "2026-02-30T19:48:05Z",
          "2026-11-27T19:48:05.Z",
          "2026-11-27T19:48:05+1:00",
          "2026-11-27T19:48:0xZ",
          "-026-11-27T19:48:05Z",
          "9999-11-27T19:48:05Z",
          "0001-01-01T00:00:00Z"}) {
        CAPTURE(bad);
        CHECK(since(bad) == "none");
    }
    CHECK(parse_since("5.5") == watched_stream::moment(std::chrono::milliseconds(5500)));
    CHECK(parse_since("5") == watched_stream::moment(std::chrono::seconds(5)));
    for (const auto* const bad : {"", "-5", "5.", ".5", "5.5s", "10000000000", "2026-11-27"}) {
        CAPTURE(bad);
        CHECK(parse_since(bad) == std::nullopt);
    }
    const watched_stream::moment at(std::chrono::seconds(7));
    CHECK(not_before("/events?since=9", at) == at + std::chrono::seconds(2));
    CHECK(not_before("/events?since=5", at) == at);
    CHECK(not_before("/events?since=yesterday", at) == at);
    CHECK(clock_in(R"({"SystemTime":"1970-01-01T00:00:07Z"})") == at);
    CHECK(clock_in(R"({"SystemTime":7})") == std::nullopt);
    CHECK(clock_in(R"(["SystemTime"])") == std::nullopt);
    CHECK(clock_in("\"1970-01-01T00:00:07Z\"") == std::nullopt);
    CHECK(clock_in("{") == std::nullopt);
}
