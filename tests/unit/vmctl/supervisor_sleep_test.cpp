// Going to sleep, and waking.
#include "tests/unit/vmctl/sleep_steps.hpp"

#include <catch2/catch.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

using namespace vmctl_test;

TEST_CASE("a paused VM keeps its engine, and goes on with the clock of the moment")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::paused);
        CHECK(test.vm.status().state == vm_state::paused);
        CHECK(test.host.is_paused());
        CHECK(test.vm.sleeps());
        CHECK(!test.vm.acquire_now(activity::passive));
        co_await is_served(test);
        CHECK(!test.host.is_paused());
        CHECK(!test.vm.sleeps());
        CHECK(test.host.count("set_guest_clock") == 1);
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.losses.empty());
        CHECK(told(test) == std::vector<std::string>{"started", "paused", "woken"});
    });
}

TEST_CASE("a saved VM is prepared by its guest, and comes back without a boot")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int asleep = 0;
        std::vector<sleep_depth> leaving;
        test.vm.on_engine_asleep([&asleep] { ++asleep; });
        test.vm.on_engine_leaving([&leaving](sleep_depth depth) { leaving.push_back(depth); });
        co_await goes_to_sleep(test, sleep_depth::saved);
        CHECK(test.vm.status().state == vm_state::saved);
        CHECK(test.host.is_saved());
        CHECK(!test.host.is_on());
        CHECK(test.vm.sleeps());
        CHECK(asleep == 1);
        CHECK(leaving == std::vector{sleep_depth::saved});
        const auto calls = test.host.calls();
        CHECK(place(calls, "/usr/lib/gangway/doze") < place(calls, "save"));
        const auto clocks = test.host.count("set_guest_clock");
        // Nobody is connected to libvirt for the VM's sake.
        co_await until([&test] { return test.host.calls().back() == "disconnect"; });
        co_await is_served(test);
        CHECK(test.host.is_on());
        CHECK(test.host.count("restore") == 1);
        CHECK(test.host.count("/usr/lib/gangway/wake") == 1);
        CHECK(test.host.count("set_guest_clock") == clocks + 1);
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.prepared == std::vector<std::string>{"image", "files", "image"});
        CHECK(test.losses.empty());
        test.vm.on_engine_asleep({});
        test.vm.on_engine_leaving({});
    });
}

TEST_CASE("a paused VM is saved when it shall sleep deeper")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::paused);
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        CHECK(test.host.is_saved());
        // Never the other way round.
        co_await test.vm.sleep(someone(), sleep_depth::paused);
        CHECK(test.vm.status().state == vm_state::saved);
        co_await is_served(test);
    });
}

TEST_CASE("a VM goes to sleep by itself when nobody has used it for a while")
{
    supervised_vm t([](boot_plan& plan) { plan.sleep = {1s, 0s, 0s, false}; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&who] { return who.answered; });
        test.vm.containers_run(0);
        who.held = lease();
        co_await test.reaches(vm_state::paused);
        CHECK(test.vm.status().history.back().why == "nobody uses it");
        co_await is_served(test);
    });
}

TEST_CASE("who uses the engine keeps it awake, and is named to whoever would have it sleep")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&who] { return who.answered; });
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::paused), failure);
        co_await until([&failure] { return !failure.empty(); });
        CHECK_THAT(failure, Catch::Contains("1 request or stream uses the engine"));
        CHECK(test.vm.status().state == vm_state::ready);
        who.held = lease();
        test.vm.containers_run(2);
        failure.clear();
        test.begin(test.vm.sleep(someone(), sleep_depth::off), failure);
        co_await until([&failure] { return !failure.empty(); });
        CHECK_THAT(failure, Catch::Contains("2 containers run"));
        // Who asks for a sleep that loses nothing gets it.
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        CHECK(test.host.is_saved());
    });
}

TEST_CASE("a VM that is off to sleep counts as asleep, one that was stopped does not")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int asleep = 0;
        test.vm.on_engine_asleep([&asleep] { ++asleep; });
        co_await goes_to_sleep(test, sleep_depth::off);
        CHECK(test.vm.status().state == vm_state::stopped);
        CHECK(test.vm.sleeps());
        CHECK(asleep == 1);
        CHECK(test.losses.empty());
        co_await is_served(test);
        co_await test.vm.down(someone());
        CHECK(!test.vm.sleeps());
        CHECK(test.losses.size() == 1);
        test.vm.on_engine_asleep({});
    });
}

TEST_CASE("a VM that died asleep is started anew")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::paused);
        SECTION("which libvirt tells")
        {
            test.host.die(stop_cause::killed);
            co_await test.reaches(vm_state::stopped);
            CHECK(!test.vm.sleeps());
        }
        SECTION("which shows when it is woken")
        {
            test.host.hold("resume");
            test.arrives();
            co_await until([&test] { return test.host.is_held(); });
            test.host.die(stop_cause::killed);
            test.host.release();
        }
        co_await is_served(test);
        CHECK(test.host.count("power_on") == 2);
        CHECK(test.losses.size() == 1);
    });
}

TEST_CASE("while it is paused its hypervisor's daemon is let go, and its end is heard all the same")
{
    const auto qemu = ::fork();
    REQUIRE(qemu >= 0);
    if (qemu == 0) {
        ::pause();
        ::_exit(0);
    }
    supervised_vm t;
    auto running = fake_hypervisor::running;
    running.process_id = qemu;
    t.host.runs_already(running);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await is_served(test);
        co_await test.vm.sleep(someone(), sleep_depth::paused);
        co_await until([&test] { return test.host.count("disconnect") == 1; });
        // Nor does it need that daemon to go on.
        co_await is_served(test);
        co_await test.vm.sleep(someone(), sleep_depth::paused);
        co_await until([&test] { return test.host.count("disconnect") == 2; });
        const auto machine = test.vm.status().process_id;
        test.host.die(stop_cause::killed);
        ::kill(machine, SIGKILL);
        ::waitpid(machine, nullptr, 0);
        co_await test.reaches(vm_state::stopped);
        CHECK(test.losses == std::vector<std::string>{"the VM was killed"});
    });
}

TEST_CASE("a paused VM that cannot be let go on is told, and tried again by the next client")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::paused);
        test.host.fail_next("resume", refusal("not now"));
        auto& who = test.arrives();
        co_await until([&who] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("the VM is paused") && Catch::Contains("not now"));
        CHECK(test.vm.status().state == vm_state::paused);
        co_await is_served(test);
    });
}

TEST_CASE("a guest without an agent is let go on with the clock it has")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::paused);
        test.host.fail_next("set_guest_clock", refusal("no agent"));
        co_await is_served(test);
    });
}
