// Why the VM is awake, in words.
#include "gangway/why_text.hpp"

#include "gangway/failure.hpp"
#include "status_example.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using gangway::why_text;
using nlohmann::json;

namespace {

constexpr std::chrono::sys_seconds now =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::hours(11);

}  // namespace

TEST_CASE("what keeps the VM awake comes first, then its past")
{
    CHECK(
        why_text(status_example().dump(), now) ==
        "The VM is awake: 1 request or stream uses the engine.\n"
        "  docker (pid 900, uid 1000): POST /v1.45/exec/abc/start\n"
        "2026-01-31T09:00:00Z (2 hours ago)  started in 4.1 s: docker (pid 812, uid 1000): GET "
        "/_ping\n"
        "2026-01-31T08:58:00Z (2 hours ago)  saved in 4.7 s: nobody uses it\n"
    );
}

TEST_CASE("a VM that nobody needs, and one that sleeps")
{
    auto status = status_example();
    status["vm"]["sleep"] = {{"awake_because", json::array()}, {"history", json::array()}};
    CHECK_THAT(why_text(status.dump(), now), Contains("nobody uses it"));
    status["requests"] = json::array();
    status["vm"]["state"] = "saved";
    CHECK(why_text(status.dump(), now) == "The VM is saved; the next request wakes it.\n");
    status["vm"]["state"] = "stopped";
    CHECK(why_text(status.dump(), now) == "The VM is stopped.\n");
}

TEST_CASE("where there is no VM, and where the status is no such status")
{
    CHECK_THROWS_WITH(
        why_text(remote_status_example().dump(), now), Contains("tcp://10.0.0.1:2376")
    );
    CHECK_THROWS_AS(why_text(R"({"vm": {}})", now), gangway::failure);
}
