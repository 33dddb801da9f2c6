// A VM that was saved, and what has come of it when it is needed: by us, or by a daemon before us.
#include "tests/unit/vmctl/sleep_steps.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace vmctl_test;

TEST_CASE("what was saved and cannot be used is discarded, and a boot follows")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        SECTION("QEMU cannot read it")
        {
            test.host.fail_next("restore", refusal("unknown section"));
            co_await is_served(test);
            CHECK(test.host.count("discard_saved") == 1);
        }
        SECTION("it was made of something else")
        {
            auto other = test.host.defined();
            other.image_identity = "an older image";
            test.host.is_saved(other);
            co_await is_served(test);
            CHECK(test.host.count("discard_saved") == 1);
        }
        SECTION("its guest does not find its files")
        {
            test.host.next_in_guest({1, "/home cannot be mounted"});
            co_await is_served(test);
            CHECK(test.host.count("ask_to_shut_down") == 1);
        }
        CHECK(!test.host.is_saved());
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("a daemon that comes up finds a VM that was saved, and leaves it until it is needed")
{
    supervised_vm t;
    t.host.is_saved({});
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_await test.reaches(vm_state::saved);
        CHECK(test.vm.sleeps());
        co_await is_served(test);
        CHECK(test.host.count("restore") == 1);
        CHECK(test.host.count("power_on") == 0);
    });
}

TEST_CASE("whoever keeps something for a VM that was saved is told when it is found")
{
    supervised_vm t;
    t.host.is_saved({});
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int found = 0;
        test.vm.on_engine_found_asleep([&found] { ++found; });
        SECTION("and when it is lost")
        {
            test.vm.examine();
            co_await test.vm.examined();
            CHECK(found == 1);
            CHECK(test.vm.sleeps());
            co_await test.vm.down(someone());
            CHECK(test.losses.size() == 1);
        }
        SECTION("but not of one that somebody has woken before")
        {
            test.host.hold("state");
            test.vm.examine();
            co_await until([&test] { return test.host.is_held(); });
            auto& who = test.arrives();
            test.host.release();
            co_await until([&who] { return who.answered; });
            CHECK(who.failure.empty());
            who.held = lease();
            CHECK(found == 0);
        }
        test.vm.on_engine_found_asleep({});
    });
}

TEST_CASE("a VM whose daemon ended on the way down is taken over with its shares, or started anew")
{
    supervised_vm t;
    t.host.runs_already(fake_hypervisor::running);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        SECTION("they are mounted")
        {
            co_await is_served(test);
            CHECK(test.host.count("/usr/lib/gangway/wake") == 1);
            CHECK(test.host.count("set_guest_clock") == 1);
            CHECK(test.host.count("power_on") == 0);
        }
        SECTION("they cannot be")
        {
            test.host.next_in_guest({1, "/home cannot be mounted"});
            co_await is_served(test);
            CHECK(test.host.count("ask_to_shut_down") == 1);
            CHECK(test.host.count("power_on") == 1);
        }
        SECTION("its guest knows nothing of that")
        {
            test.host.fail_next("/usr/lib/gangway/wake", refusal("no such file"));
            co_await is_served(test);
            CHECK(test.host.count("power_on") == 0);
        }
    });
}

TEST_CASE("a VM that a daemon before us was saving is restored when that has come to its end")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.host.is_saved({});
        test.host.runs_already(fake_hypervisor::running);
        test.host.hold("adopt");
        test.host.fail_next("adopt", refusal("domain is not running"));
        auto& who = test.arrives();
        co_await until([&test] { return test.host.is_held(); });
        test.host.die(stop_cause::unknown);
        test.host.release();
        co_await until([&who] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(test.host.count("restore") == 1);
        CHECK(test.host.count("power_on") == 0);
    });
}

TEST_CASE("a saved VM that is stopped ends in order")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        co_await test.vm.down(someone());
        CHECK(test.vm.status().state == vm_state::stopped);
        CHECK(!test.host.is_saved());
        CHECK(test.host.count("restore") == 1);
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("cut_power") == 0);
        // Whoever keeps something for it need not any more.
        CHECK(test.losses.size() == 1);
    });
}

TEST_CASE("a daemon that ends leaves what sleeps")
{
    supervised_vm t([](boot_plan& plan) { plan.when_daemon_exits = config::on_exit::shut_down; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        co_await test.shut_down();
        CHECK(test.host.is_saved());
    });
}

TEST_CASE("a saved VM that is discarded, and does not boot either, is lost")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        test.host.fail_next("restore", refusal("unknown section"));
        test.host.fail_next("power_on", refusal("no memory"));
        auto& who = test.arrives();
        co_await until([&who] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("no memory"));
        co_await test.reaches(vm_state::failed);
        CHECK(!test.vm.sleeps());
        REQUIRE(test.losses.size() == 1);
        CHECK_THAT(test.losses.front(), Catch::Contains("no memory"));
    });
}

TEST_CASE("a saved VM for which the host has no room stays saved, and the next client tries again")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        test.host.fail_next(
            "restore", describe(hypervisor_problem::not_now, "wake it", "the disk is full")
        );
        auto& who = test.arrives();
        co_await until([&who] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("the disk is full"));
        CHECK(test.vm.status().state == vm_state::saved);
        CHECK(test.vm.sleeps());
        CHECK(test.host.is_saved());
        co_await is_served(test);
        CHECK(test.host.count("restore") == 2);
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.losses.empty());
    });
}
