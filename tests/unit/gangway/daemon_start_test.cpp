// A daemon that is not running yet: knocked for at the docker socket, or explained.
#include "gangway/daemon_start.hpp"

#include "fake_daemon.hpp"
#include "gangway/service_units.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace std::chrono_literals;
using Catch::Contains;
using gangway::reach_daemon;
using gangway::unit_search;
using test_support::raw_listener;
using test_support::test_directory;

namespace {

config::local_endpoint at(const std::filesystem::path& socket)
{
    return config::unix_endpoint{socket};
}

}  // namespace

TEST_CASE("a daemon that is not running is explained by what is installed")
{
    const auto [root, unit_directories, hint] =
        GENERATE(table<bool, std::vector<std::string>, std::string>({
            {false, {"none", "units"}, "start it with `systemctl --user start gangwayd.socket`"},
            {true, {"units"}, "start it with `systemctl start gangwayd.socket`"},
            {false, {"none"}, "start it by running `gangwayd`"},
            {true, {}, "start it by running `gangwayd`"},
        }));
    const test_directory directory;
    test_support::write_file(directory / "units/gangwayd.socket", "");
    unit_search units{root, {}};
    for (const auto& name : unit_directories) units.directories.push_back(directory / name);
    CHECK(
        gangway::not_running_sentence(at("/run/c.sock"), gangway::start_command(units)) ==
        "gangwayd is not running (nothing listens on /run/c.sock); " + hint
    );
}

TEST_CASE("a daemon that runs is not knocked for")
{
    const test_directory directory;
    const raw_listener control(directory / "control");
    const raw_listener docker(directory / "docker");
    reach_daemon(at(directory / "control"), at(directory / "docker"), std::nullopt);
    CHECK_FALSE(docker.has_pending());
}

TEST_CASE("with nobody on either socket the daemon is not running")
{
    const test_directory directory;
    std::optional<config::local_endpoint> docker;
    if (GENERATE(false, true)) docker = at(directory / "docker");
    try {
        reach_daemon(at(directory / "control"), docker, std::nullopt);
        FAIL("was reached");
    } catch (const gangway::failure& failure) {
        CHECK(failure.status() == gangway::exit_status::daemon_not_running);
        CHECK_THAT(failure.what(), Contains("gangwayd is not running"));
    }
}

TEST_CASE("a service manager that holds the docker socket starts the daemon for us")
{
    const test_directory directory;
    raw_listener docker(directory / "docker");
    std::string knocked_with = "nothing was received";
    {
        const std::jthread service_manager([&] {
            auto knock = docker.accept();
            const raw_listener control(directory / "control");
            knocked_with = knock.receive_all();  // until we were seen and the knock is withdrawn
        });
        reach_daemon(at(directory / "control"), at(directory / "docker"), std::nullopt);
    }
    CHECK(knocked_with.empty());
}

TEST_CASE("a service manager whose daemon does not start is not waited for")
{
    const test_directory directory;
    raw_listener docker(directory / "docker");
    const std::jthread service_manager([&] { docker.accept().close(); });
    CHECK_THROWS_WITH(
        reach_daemon(at(directory / "control"), at(directory / "docker"), std::nullopt),
        Contains("has not started") && Contains("journalctl")
    );
}

TEST_CASE("a daemon with another control socket is not waited for without end")
{
    const test_directory directory;
    const raw_listener docker(directory / "docker");
    CHECK_THROWS_WITH(
        reach_daemon(at(directory / "control"), at(directory / "docker"), std::nullopt, 1ms),
        Contains("--control")
    );
}
