// What is printed of the VM, from the daemon's answers.
#include "gangway/vm_text.hpp"

#include "gangway/failure.hpp"
#include "status_example.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using nlohmann::json;

TEST_CASE("info has boot2docker's keys and words")
{
    auto status = status_example();
    CHECK(
        gangway::info_json(status.dump()) ==
        R"({
  "Name": "gangway-default",
  "Iso": "/home/me/.local/share/gangway/image",
  "State": "running",
  "CPUs": 2,
  "Memory": 2048,
  "BaseFolder": "/home/me/.local/state/gangway/default",
  "DockerPort": 40123,
  "SSHPort": 40124
}
)"
    );
    const auto [ours, theirs] = GENERATE(table<std::string, std::string>({
        {"stopped", "poweroff"},
        {"absent", "poweroff"},
        {"failed", "aborted"},
        {"paused", "paused"},
        {"saved", "saved"},
        {"booting", "booting"},
    }));
    status["vm"]["state"] = ours;
    CHECK(json::parse(gangway::info_json(status.dump())).at("State") == theirs);
}

TEST_CASE("mounts are the shares, for people and for programs")
{
    auto status = status_example();
    CHECK(
        gangway::mounts_text(status.dump()) ==
        "DIRECTORY  MODE        TRANSPORT\n"
        "/home/me   read-write  9p\n"
        "/tmp       read-only   9p\n"
    );
    CHECK(
        json::parse(gangway::mounts_json(status.dump())) ==
        json::parse(R"([{"directory": "/home/me", "mode": "read-write", "transport": "9p"},
                        {"directory": "/tmp", "mode": "read-only", "transport": "9p"}])")
    );
    status["vm"]["shares"]["directories"] = json::array();
    CHECK_THAT(gangway::mounts_text(status.dump()), Contains("sees no directory"));
    status["vm"]["state"] = "saved";
    CHECK_THAT(gangway::mounts_text(status.dump()), Contains("The VM is saved"));
    CHECK(gangway::mounts_json(status.dump()) == "[]\n");
}

TEST_CASE("ports are told as docker tells them")
{
    const std::string id(64, 'a');
    const json ports = {
        {{"protocol", "tcp"}, {"address", "0.0.0.0"}, {"port", 80}, {"container", id}},
        {{"protocol", "udp"}, {"address", "::1"}, {"port", 53}, {"container", "--network host"}}};
    CHECK(
        gangway::ports_text(ports.dump()) ==
        "PORT            CONTAINER\n"
        "0.0.0.0:80/tcp  aaaaaaaaaaaa\n"
        "[::1]:53/udp    --network host\n"
    );
    CHECK(gangway::ports_text("[]\n") == "No container publishes a port.\n");
    CHECK_THROWS_WITH(gangway::ports_text("{}"), Contains("`gangway version`"));
    CHECK_THROWS_WITH(gangway::ports_text("[1]"), Contains("`gangway version`"));
}

TEST_CASE("without a VM, that is said")
{
    const auto remote = remote_status_example().dump();
    CHECK_THROWS_WITH(gangway::info_json(remote), Contains("tcp://10.0.0.1:2376"));
    CHECK_THROWS_WITH(gangway::mounts_text(remote), Contains("tcp://10.0.0.1:2376"));
    CHECK_THROWS_WITH(gangway::why_json(remote), Contains("tcp://10.0.0.1:2376"));
    CHECK_THROWS_WITH(gangway::ip_text(remote), Contains("tcp://10.0.0.1:2376"));
    CHECK_THROWS_WITH(gangway::info_json("{\"vm\": {}}"), Contains("`gangway version`"));
    CHECK(gangway::ip_text(status_example().dump()) == "127.0.0.1\n");
}
