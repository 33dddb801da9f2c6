// From status to ssh's command line; its options are also held against the real ssh's own reading.
#include "gangway/ssh_command.hpp"

#include "gangway/failure.hpp"
#include "status_example.hpp"
#include "tests/support/process.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using gangway::ssh_command;
using words = std::vector<std::string>;

TEST_CASE("ssh is told everything, and what the user said follows the destination")
{
    const std::string ssh = "/home/me/.local/state/gangway/default/ssh/";
    CHECK(
        ssh_command(status_example().dump(), {"-t", "top", "-d 1"}).command_line ==
        words{
            "ssh",
            "-p",
            "40124",
            "-F",
            "/dev/null",
            "-i",
            ssh + "id_ed25519",
            "-o",
            "UserKnownHostsFile=\"" + ssh + "known_hosts\"",
            "-o",
            "HostKeyAlias=gangway-default",
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "LogLevel=ERROR",
            "docker@127.0.0.1",
            "-t",
            "top",
            "-d 1",
        }
    );
}

TEST_CASE("a VM that is not ready is not called")
{
    const std::string state = GENERATE("absent", "stopped", "booting", "stopping", "failed");
    auto status = status_example();
    status["vm"]["state"] = state;
    CHECK_THROWS_WITH(
        ssh_command(status.dump(), {}), Contains("the VM is " + state) && Contains("`gangway up`")
    );
}

TEST_CASE("where there is no ssh server or no VM, that is said")
{
    auto status = status_example();
    status["vm"]["ssh"]["port"] = 0;
    CHECK_THROWS_WITH(ssh_command(status.dump(), {}), Contains("no ssh server"));
    status["vm"].erase("ssh");
    CHECK_THROWS_WITH(ssh_command(status.dump(), {}), Contains("no ssh server"));
    CHECK_THROWS_WITH(
        ssh_command(remote_status_example().dump(), {}), Contains("tcp://10.0.0.1:2376")
    );
}

TEST_CASE("a status in another form is a failure")
{
    auto status = status_example();
    status["vm"]["ssh"].erase("key");
    CHECK_THROWS_AS(ssh_command(status.dump(), {}), gangway::failure);
    CHECK_THROWS_AS(ssh_command("nonsense", {}), gangway::failure);
}

TEST_CASE("the real ssh reads the options as they are meant, whatever the paths hold")
{
    const std::string directory = GENERATE("/plain", "/with blank", "/100%sure", "/a\"quote");
    auto status = status_example();
    status["vm"]["ssh"]["known_hosts"] = directory + "/known_hosts";
    auto command = ssh_command(status.dump(), {"true"}).command_line;
    command.insert(command.begin() + 1, "-G");  // print the configuration, connect to nobody
    const auto read = test_support::run({.arguments = command});
    CAPTURE(read.err);
    REQUIRE(read.exit_status == 0);
    CHECK_THAT(read.out, Contains("\nuserknownhostsfile " + directory + "/known_hosts\n"));
    CHECK_THAT(read.out, Contains("\nhostkeyalias gangway-default\n"));
    CHECK_THAT(read.out, Contains("\nport 40124\n"));
    CHECK_THAT(read.out, Contains("user docker\n"));
    CHECK_THAT(read.out, Contains("\nstricthostkeychecking true\n"));
    CHECK_THAT(read.out, Contains("\nidentitiesonly yes\n"));
}
