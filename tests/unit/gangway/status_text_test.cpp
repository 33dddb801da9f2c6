// The daemon's status in words.
#include "gangway/status_text.hpp"

#include "status_example.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using gangway::status_text;
using nlohmann::json;

namespace {

constexpr std::chrono::sys_seconds now =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::hours(11);

std::string text(const json& status)
{
    return status_text(status.dump(), now);
}

std::string with(const char* key, const json& value)
{
    auto status = status_example();
    status["vm"][key] = value;
    return text(status);
}

}  // namespace

TEST_CASE("a VM that is ready is described with whom it serves and where")
{
    CHECK(
        text(status_example()) ==
        "vm          ready for 2 hours (since 2026-01-31T09:00:00Z)\n"
        "started for docker (pid 812, uid 1000): GET /_ping\n"
        "engine      127.0.0.1:40123, TLS only\n"
        "process     5120\n"
        "holds       1 GiB of memory, 1.3 GiB of disk, which may grow to 64 GiB\n"
        "shares      /home/me, /tmp:ro (9p)\n"
        "requests    1 active, 0 passive, 0 watching, 0 waiting\n"
        "last start  image 0.0 s, kernel 4.1 s\n"
        "serial log  /home/me/.local/state/gangway/default/serial.log\n"
        "docker      export DOCKER_HOST=unix:///run/user/1000/gangway/docker.sock\n"
        "sessions    2\n"
        "daemon      gangwayd 0.1.0, pid 4711, instance default\n"
        "files       /home/me/.local/state/gangway/default\n"
    );
}

TEST_CASE("a remote engine is named and no VM mentioned")
{
    CHECK(
        text(remote_status_example()) ==
        "engine      tcp://10.0.0.1:2376\n"
        "docker      export DOCKER_HOST=unix:///run/user/1000/gangway/docker.sock\n"
        "sessions    2\n"
        "daemon      gangwayd 0.1.0, pid 4711, instance default\n"
        "files       /home/me/.local/state/gangway/default\n"
    );
}

TEST_CASE("a state that is not ready says what to do")
{
    CHECK_THAT(
        with("state", "stopped"), Contains("vm          stopped for") && Contains("`gangway up`")
    );
    CHECK_THAT(with("state", "absent"), Contains("`gangway up`"));
    CHECK_THAT(with("state", "failed"), Contains("`gangway logs --serial`"));
    CHECK_THAT(with("state", "ready"), !Contains("`gangway up`"));
}

TEST_CASE("what is not there has no line")
{
    auto status = status_example();
    for (const char* const key : {"started_for", "serial_log", "since"}) status["vm"][key] = "";
    status["vm"]["engine_port"] = 0;
    status["vm"]["process_id"] = 0;
    status["vm"]["shares"]["directories"] = json::array();
    status["vm"]["timeline"] = json::array();
    for (auto& size : status["vm"]["holds"]) size = 0;
    CHECK_THAT(
        text(status),
        Catch::StartsWith(
            "vm          ready\nrequests    1 active, 0 passive, 0 watching, 0 waiting\ndocker "
        )
    );
    CHECK_THAT(
        with("failure", "the kernel stopped"), Contains("\nfailure     the kernel stopped\n")
    );
    CHECK_THAT(with("stopped_by", "gangway down"), Contains("\nstopped by  gangway down\n"));
}

TEST_CASE("a VM that was saved holds its memory in a file")
{
    const json holds = {
        {"memory", 0}, {"disk", 1 << 20}, {"disk_limit", 2 << 20}, {"saved", 329 << 20}};
    CHECK_THAT(
        with("holds", holds),
        Contains(
            "holds       1 MiB of disk, which may grow to 2 MiB, 329 MiB for what was in memory\n"
        )
    );
}

TEST_CASE("a failure of several lines is one column of text")
{
    CHECK_THAT(
        with("failure", "the VM crashed; its console ends:\nKernel panic"),
        Contains("\nfailure     the VM crashed; its console ends:\n            Kernel panic\n")
    );
}

TEST_CASE("a time in another form is shown as it is, and one in the future as now")
{
    CHECK_THAT(with("since", "yesterday"), Contains("vm          ready since yesterday\n"));
    CHECK_THAT(with("since", "2026-02-31T09:00:00Z"), Contains("since 2026-02-31T09:00:00Z\n"));
    CHECK_THAT(with("since", "2026-01-31T12:00:00Z"), Contains("ready for 0 seconds (since"));
}

TEST_CASE("a socket of the service manager without a name is no DOCKER_HOST")
{
    auto status = status_example();
    status["docker_sockets"] = {"fd://3"};
    CHECK_THAT(
        text(status), Contains("docker      the socket that the service manager has opened")
    );
}

TEST_CASE("a client's name cannot command the terminal")
{
    CHECK_THAT(with("started_for", "\x1b[2Jdocker"), Contains("started for ?[2Jdocker\n"));
}

TEST_CASE("a status in another form is a failure that says so")
{
    CHECK_THROWS_WITH(status_text("", now), Contains("cannot be understood"));
    CHECK_THROWS_WITH(status_text("[]", now), Contains("cannot be understood"));
    CHECK_THROWS_WITH(status_text("{}", now), Contains("cannot be understood"));
    CHECK_THROWS_AS(status_text("{\"vm\": 3}", now), gangway::failure);
    CHECK_THROWS_AS(with("leases", 3), gangway::failure);
    CHECK_THROWS_AS(with("state", nullptr), gangway::failure);
    CHECK_THROWS_AS(with("timeline", {{{"stage", "x"}}}), gangway::failure);
    CHECK_THROWS_AS(gangway::serial_log("{\"vm\": {}}"), gangway::failure);
}

TEST_CASE("the serial log's file is the daemon's to know")
{
    CHECK(
        gangway::serial_log(status_example().dump()) ==
        "/home/me/.local/state/gangway/default/serial.log"
    );
    CHECK_THROWS_WITH(
        gangway::serial_log(remote_status_example().dump()),
        "there is no VM with a serial console: the daemon serves the engine at tcp://10.0.0.1:2376"
    );
}
