// What sockets, daemon, VM and engine look like when they are well and when they are not.
#include "gangway/doctor_instance.hpp"

#include "gangway/failure.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using namespace gangway;
using namespace std::chrono_literals;

namespace {

constexpr auto unix_sockets =
    "Num       RefCount Protocol Flags    Type St Inode Path\n"
    "0000000000000000: 00000002 00000000 00010000 0001 01 20001 /run/gangway/docker.sock\n"
    "0000000000000000: 00000003 00000000 00000000 0001 03 20002 /run/connected.sock\n"
    "0000000000000000: 00000003 00000000 00000000 0001 03 20003\n"
    "0000000000000000: 00000002 00000000 00010000 0001 01 20004 /with a blank/s\n";

// A socket as the daemon makes it.
socket_facts good_socket()
{
    socket_facts facts;
    facts.check = "docker socket";
    facts.path = "/run/gangway/docker.sock";
    facts.exists = facts.is_socket = facts.usable = facts.mine = facts.daemon_runs = true;
    facts.mode = 0600;
    facts.listened_on = true;
    return facts;
}

constexpr std::chrono::sys_seconds noon = std::chrono::sys_days(2026y / 11 / 28) + 12h;

engine_facts answered_at(std::chrono::sys_seconds clock)
{
    engine_facts facts;
    facts.asked = true;
    facts.clock = clock;
    facts.before = noon;
    facts.after = noon + 2s;
    return facts;
}

}  // namespace

TEST_CASE("who listens is told by the kernel's list, without a connection")
{
    CHECK(is_listened_on(unix_sockets, "/run/gangway/docker.sock"));
    CHECK(is_listened_on(unix_sockets, "/with a blank/s"));
    CHECK_FALSE(is_listened_on(unix_sockets, "/run/connected.sock"));
    CHECK_FALSE(is_listened_on(unix_sockets, "/run/gangway/docker"));
    CHECK_FALSE(is_listened_on("", "/s"));
}

TEST_CASE("a socket is judged by what is at its path and who may use it")
{
    auto facts = good_socket();
    verdict judged = verdict::wrong;
    std::string found;
    SECTION("as it should be")
    {
        judged = verdict::ok;
        found = "mode 0600, yours";
    }
    SECTION("there is none yet")
    {
        facts.exists = facts.daemon_runs = false;
        judged = verdict::ok;
        found = "not there yet";
    }
    SECTION("somebody has removed it")
    {
        facts.exists = false;
        found = "is missing";
    }
    SECTION("something else has its name")
    {
        facts.is_socket = false;
        found = "is no socket";
    }
    SECTION("it is somebody else's")
    {
        facts.usable = facts.mine = false;
        found = "not for this user";
    }
    SECTION("it was left behind")
    {
        facts.daemon_runs = false;
        facts.listened_on = false;
        judged = verdict::warning;
        found = "was left";
    }
    SECTION("the daemon listens on one that is gone")
    {
        facts.listened_on = false;
        found = "nobody listens";
    }
    SECTION("the system does not tell who listens")
    {
        facts.listened_on.reset();
        judged = verdict::ok;
        found = "mode 0600";
    }
    SECTION("everybody may use it")
    {
        facts.mode = 0666;
        judged = verdict::warning;
        found = "everybody";
    }
    SECTION("its path is too long")
    {
        facts.path = "/" + std::string(107, 'x');
        found = "108 bytes";
    }
    const auto got = judge_socket(facts);
    CHECK(got.judged == judged);
    CHECK_THAT(got.found, Contains(found));
    CHECK(got.advice.empty() == (judged == verdict::ok));
}

TEST_CASE("a daemon is well when it answers, or will be started by the first request")
{
    daemon_facts facts;
    facts.own_version = "0.1.0";
    facts.why_not = "gangwayd is not running";
    facts.how_to_start = "start it";
    CHECK(judge_daemon(facts) == finding{"daemon", verdict::wrong, facts.why_not, "start it"});
    facts.starts_by_itself = true;
    CHECK(judge_daemon(facts).judged == verdict::ok);
    facts.runs = true;
    facts.version = "0.1.0";
    CHECK(judge_daemon(facts).judged == verdict::ok);
    facts.version = "0.0.9";
    CHECK(judge_daemon(facts).judged == verdict::warning);
    facts.obstacle = "takes requests and does not answer";
    CHECK(judge_daemon(facts).judged == verdict::wrong);
}

TEST_CASE("a VM is wrong when it has failed, and one that sleeps is well")
{
    CHECK(judge_vm({"saved", "", "", 0}).judged == verdict::ok);
    const auto failed = judge_vm({"failed", "no boot within 300 s", "", 0});
    CHECK(failed.judged == verdict::wrong);
    CHECK(failed.found == "no boot within 300 s");
    const auto changed = judge_vm({"ready", "", "vm.cpus", 0});
    CHECK(changed.judged == verdict::warning);
    CHECK_THAT(changed.found, Contains("vm.cpus"));
}

TEST_CASE("the engine's port is wrong only where another program has it")
{
    CHECK(judge_port({0, true, true, 0}).judged == verdict::ok);
    CHECK(judge_port({2376, false, true, 0}).judged == verdict::ok);
    CHECK(judge_port({2376, true, true, 2376}).judged == verdict::ok);
    CHECK(judge_port({2376, true, true, 0}).judged == verdict::wrong);
    CHECK(judge_port({2376, true, false, 0}).judged == verdict::warning);
}

TEST_CASE("what the engine says of its versions is read")
{
    const auto facts =
        read_version(R"({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})");
    CHECK(facts.version == "20.10.24");
    CHECK(facts.api == "1.41");
    CHECK(facts.least_api == "1.12");
    CHECK_THROWS_AS(read_version("{}"), failure);
    CHECK_THROWS_AS(read_version("<html>"), failure);
}

TEST_CASE("dates of HTTP are read, and nothing else")
{
    CHECK(parse_http_date("Sat, 28 Nov 2026 12:00:00 GMT") == noon);
    for (const auto* const none :
         {"",
          "2026-11-28T12:00:00Z",
          "Sat, 28 Nov 2026 12:00:00 CET",
          "Sat, 28 Nou 2026 12:00:00 GMT",
          "Sat, 31 Feb 2026 12:00:00 GMT"})
        CHECK(parse_http_date(none) == std::nullopt);
}

TEST_CASE("an engine that was asked and does not answer is wrong")
{
    engine_facts facts;
    facts.why_not_asked = "the VM is paused";
    CHECK(judge_engine(facts).judged == verdict::ok);
    CHECK_THAT(judge_engine(facts).found, Contains("the VM is paused"));
    facts.asked = true;
    CHECK(judge_engine(facts).judged == verdict::ok);
    facts.failure = "status 503";
    CHECK(judge_engine(facts).judged == verdict::wrong);
}

TEST_CASE("clocks are compared with what asking takes in mind")
{
    const auto [clock, judged, found] =
        GENERATE(table<std::chrono::sys_seconds, verdict, std::string>({
            {noon, verdict::ok, "as this machine's"},
            {noon + 6s, verdict::ok, "as this machine's"},
            {noon - 4s, verdict::ok, "as this machine's"},
            {noon - 5s, verdict::warning, "5 seconds behind"},
            {noon + 62s, verdict::warning, "1 minute ahead of"},
            {noon - 2h, verdict::wrong, "2 hours behind"},
        }));
    const auto got = judge_clock(answered_at(clock));
    CHECK(got.judged == judged);
    CHECK_THAT(got.found, Contains(found));
    CHECK(judge_clock({}).judged == verdict::ok);
}
