// A guest that runs while the configuration changes, over a fake hypervisor.
#include "vmctl/settings_catch_up.hpp"

#include "tests/support/fake_hypervisor.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace vmctl;
using vmctl_test::someone;
using vmctl_test::supervised_vm;

namespace {

using names = std::vector<std::string>;

constexpr const char* configure = "/usr/lib/gangway/configure";

struct running_guest {
    running_guest() { host.runs_already(test_support::fake_hypervisor::running); }

    names catch_up(const char* daemon_json)
    {
        config::engine_settings settings;
        settings.daemon_json = daemon_json;
        return catch_up_with_settings(host, directory.path(), settings);
    }

    std::string has() const { return recorded_settings(directory.path()).daemon_json; }

    test_support::test_directory directory;
    test_support::fake_hypervisor host;
};

}  // namespace

TEST_CASE("a guest that has all settings is left alone")
{
    running_guest guest;
    CHECK(guest.catch_up("{}").empty());
    record_settings(guest.directory.path(), {R"({"mtu":1400})", {}, {}});
    CHECK(guest.catch_up(R"({"mtu":1400})").empty());
    CHECK(guest.host.count(configure) == 0);
}

TEST_CASE("the engine takes over what it can, and the rest waits for a restart")
{
    running_guest guest;
    record_settings(guest.directory.path(), {R"({"mtu":1400})", {}, {}});
    const names expected{"engine.daemon_json.mtu"};
    CHECK(guest.catch_up(R"({"mtu":1500,"debug":true})") == expected);
    CHECK(guest.host.last_in_guest() == names{configure, R"({"mtu":1400,"debug":true})"});
    CHECK(guest.has() == R"({"mtu":1400,"debug":true})");
    // It is not told twice, but it is still to be restarted.
    CHECK(guest.catch_up(R"({"mtu":1500,"debug":true})") == expected);
    CHECK(guest.host.count(configure) == 1);
}

TEST_CASE("settings that the engine refuses wait for a restart")
{
    running_guest guest;
    guest.host.next_in_guest({1, "unable to configure the Docker daemon\n"});
    CHECK(guest.catch_up(R"({"debug":true})") == names{"engine.daemon_json.debug"});
    CHECK(guest.has() == "{}");
}

TEST_CASE("certificates that cannot be read leave the VM as it is")
{
    running_guest guest;
    config::engine_settings settings;
    settings.certificates = {guest.directory / "none.pem"};
    CHECK(
        catch_up_with_settings(guest.host, guest.directory.path(), settings) ==
        names{"engine.certificates"}
    );
}

TEST_CASE(
    "a VM that was booted now has all settings; one that is taken over or restored is looked at"
)
{
    supervised_vm t([](boot_plan& plan) {
        plan.catch_up = [](hypervisor&) { return names{"engine.daemon_json.mtu"}; };
    });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        CHECK(test.vm.status().restart_for.empty());
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        co_await test.vm.up(someone());
        CHECK(test.vm.status().restart_for == names{"engine.daemon_json.mtu"});
        co_await test.vm.restart(someone());
        CHECK(test.vm.status().restart_for.empty());
    });
}
