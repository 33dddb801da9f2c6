// The guest agent's words. The answers are those of qemu-ga 10.
#include "vmctl/guest_agent.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace vmctl;

TEST_CASE("a program is asked for with its arguments and its output")
{
    const auto request = nlohmann::json::parse(guest_exec({"/usr/lib/x", "a \"b\"", ""}));
    CHECK(request == nlohmann::json::parse(R"({
        "execute": "guest-exec",
        "arguments": {"path": "/usr/lib/x", "arg": ["a \"b\"", ""], "capture-output": true}
    })"));
    CHECK(started_in_guest(R"({"return":{"pid":1234}})") == 1234);
    CHECK(started_in_guest(R"({"error":{"class":"GenericError"}})") == std::nullopt);
    CHECK(started_in_guest("") == std::nullopt);
    CHECK(guest_exec_status(1234) == R"({"arguments":{"pid":1234},"execute":"guest-exec-status"})");
}

TEST_CASE("a program has ended when the agent says so")
{
    CHECK(ended_in_guest(R"({"return":{"exited":false}})") == std::nullopt);
    CHECK(ended_in_guest(R"({"return":{"exited":true,"exitcode":0}})") == guest_result{0, ""});
    CHECK(
        ended_in_guest(
            R"({"return":{"exited":true,"exitcode":3,"out-data":"YWI=","err-data":"YWJjZA=="}})"
        ) == guest_result{3, "ababcd"}
    );
    CHECK(
        ended_in_guest(R"({"return":{"exited":true,"exitcode":0,"out-data":"YWJj"}})") ==
        guest_result{0, "abc"}
    );
    CHECK(ended_in_guest(R"({"return":{"exited":true,"signal":9}})") == guest_result{137, ""});
    CHECK(ended_in_guest("nonsense") == std::nullopt);
}

TEST_CASE("output that is no base64 is no output")
{
    CHECK(
        ended_in_guest(R"({"return":{"exited":true,"exitcode":1,"out-data":"?"}})") ==
        guest_result{1, ""}
    );
}
