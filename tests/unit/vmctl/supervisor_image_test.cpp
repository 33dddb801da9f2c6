// A new image: who boots it, and who does not.
#include "tests/unit/vmctl/sleep_steps.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace vmctl_test;

namespace {

// Longer than anything takes that would begin now.
asio::awaitable<void> some_time(supervised_vm& test)
{
    asio::steady_timer pause(test.loop, 200ms);
    co_await pause.async_wait(asio::use_awaitable);
}

}  // namespace

TEST_CASE("a new image is booted and saved, and a client finds it asleep")
{
    supervised_vm t;
    const bool was_saved = GENERATE(false, true);
    if (was_saved) {
        domain_spec former;
        former.image_identity = "an older image";
        t.host.is_saved(former);
    }
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_await test.vm.examined();
        // Those of the former one say nothing of those that this one starts.
        test.vm.containers_run(0);
        test.vm.image_changed();
        co_await test.reaches(vm_state::ready);
        co_await some_time(test);
        CHECK(test.host.count("save") == 0);
        test.vm.containers_run(0);
        co_await test.reaches(vm_state::saved);
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.vm.status().history.front().why == "the new image");
        CHECK(test.vm.status().history.back().why == "the new image");
        const auto reason = static_cast<std::size_t>(wake_reason::image);
        CHECK(test.vm.counts().from_off.by_reason.at(reason) == 1);
        co_await is_served(test);
        CHECK(test.host.count("power_on") == 1);
    });
}

TEST_CASE("a VM of a new image stays awake for the containers that have come with it")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.image_changed();
        co_await test.reaches(vm_state::ready);
        test.vm.containers_run(1);
        co_await some_time(test);
        CHECK(test.vm.status().state == vm_state::ready);
        CHECK(test.host.count("save") == 0);
    });
}

TEST_CASE("a new image starts no VM that shall not be saved")
{
    supervised_vm t([](boot_plan& plan) { plan.sleep.save_after = 0s; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.image_changed();
        co_await some_time(test);
        CHECK(test.host.count("power_on") == 0);
    });
}

TEST_CASE("a new image leaves a VM alone that its user has stopped")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        test.vm.image_changed();
        co_await some_time(test);
        CHECK(test.host.count("power_on") == 1);
    });
}

TEST_CASE("a new image leaves a VM alone that went off by itself and was stopped then")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::off);
        co_await test.vm.down(someone());
        test.vm.image_changed();
        co_await some_time(test);
        CHECK(test.host.count("power_on") == 1);
    });
}

TEST_CASE("a saved VM in which containers run is not given up for a new image")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        test.vm.containers_run(1);
        test.vm.image_changed();
        co_await some_time(test);
        CHECK(test.host.is_saved());
    });
}

TEST_CASE("a saved VM that a new image does not change is restored and saved once")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        test.vm.image_changed();
        co_await until([&test] { return test.host.count("save") == 2; });
        co_await test.reaches(vm_state::saved);
        co_await some_time(test);
        CHECK(test.host.count("restore") == 1);
        CHECK(test.host.count("save") == 2);
        CHECK(test.host.count("power_on") == 1);
    });
}

TEST_CASE("a VM that runs goes on with its image, and is shut down instead of being saved")
{
    supervised_vm t([](boot_plan& plan) {
        plan.sleep.pause_after = 0s;
        plan.sleep.save_after = 1s;
    });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.vm.image_changed();
        co_await some_time(test);
        CHECK(test.vm.status().state == vm_state::ready);
        test.vm.containers_run(0);
        co_await until([&test] { return test.host.count("power_on") == 2; });
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("save") == 0);
        co_await test.reaches(vm_state::ready);
        test.vm.containers_run(0);
        co_await test.reaches(vm_state::saved);
        co_await is_served(test);
        CHECK(test.host.count("power_on") == 2);
    });
}
