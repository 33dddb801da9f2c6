// Time is given, not waited for.
#include "vmctl/recent_refusals.hpp"

#include <catch2/catch.hpp>

using vmctl::recent_refusals;
using namespace std::chrono_literals;

TEST_CASE("a refusal is told again to the same process, for a while")
{
    const recent_refusals::clock::time_point start{};
    recent_refusals refusals;
    refusals.remember(7, "no disk", start);
    refusals.remember(8, "stopped", start + 500ms);
    CHECK(refusals.reason_for(7, start) == "no disk");
    CHECK(refusals.reason_for(8, start + 500ms) == "stopped");
    CHECK(refusals.reason_for(9, start + 500ms) == std::nullopt);
    CHECK(refusals.reason_for(7, start + recent_refusals::remembered_for) == std::nullopt);
    CHECK(refusals.reason_for(8, start + recent_refusals::remembered_for) == "stopped");
}

TEST_CASE("a process that is not known is never refused for what another was told")
{
    const recent_refusals::clock::time_point start{};
    recent_refusals refusals;
    refusals.remember(0, "no disk", start);
    CHECK(refusals.reason_for(0, start) == std::nullopt);
}
