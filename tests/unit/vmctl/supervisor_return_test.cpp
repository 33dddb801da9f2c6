// Those whose engine has gone, and who wait for it to be back without starting it.
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include <string>

namespace asio = boost::asio;
using namespace vmctl;
using namespace std::chrono_literals;
using test_support::until;
using vmctl_test::client;
using vmctl_test::someone;
using vmctl_test::supervised_vm;

namespace {

asio::awaitable<void> turns(supervised_vm& test)
{
    for (int turn = 0; turn < 20; ++turn) co_await asio::post(test.loop, asio::use_awaitable);
}

// Nothing happens by itself.
asio::awaitable<void> waits(supervised_vm& test, const client& who, vm_state state)
{
    co_await turns(test);
    CHECK_FALSE(who.answered);
    CHECK(test.vm.status().state == state);
}

asio::awaitable<void> is_let_in(client& who)
{
    co_await until([&who] { return who.answered; });
    CHECK(who.failure.empty());
    who.held = lease();
}

}  // namespace

TEST_CASE("who only watches waits until somebody wakes the VM")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.vm.containers_run(0);
        const auto depth = GENERATE(sleep_depth::paused, sleep_depth::saved, sleep_depth::off);
        co_await test.vm.sleep(someone(), depth);
        const auto state = test.vm.status().state;
        auto& who = test.comes_back(activity::watching);
        co_await waits(test, who, state);
        // It does not count as somebody who waits for the engine.
        CHECK(test.vm.status().use.waiting == 0);
        co_await test.vm.up(someone());
        co_await is_let_in(who);
    });
}

TEST_CASE("an engine that is there lets everybody in")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await is_let_in(test.comes_back(activity::watching));
        co_await is_let_in(test.comes_back(activity::active));
    });
}

TEST_CASE("one that could not be put to sleep is back")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("/usr/lib/gangway/doze");
        test.host.next_in_guest({1, "in use"});
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        co_await until([&test] { return test.host.is_held(); });
        auto& who = test.comes_back(activity::watching);
        co_await waits(test, who, vm_state::dozing);
        test.host.release();
        co_await is_let_in(who);
        CHECK_FALSE(failure.empty());
    });
}

TEST_CASE("after a VM has died, who uses it starts it and who watches does not")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.die(stop_cause::killed);
        co_await test.reaches(vm_state::stopped);
        auto& watcher = test.comes_back(activity::watching);
        co_await waits(test, watcher, vm_state::stopped);
        co_await is_let_in(test.comes_back(activity::active));
        co_await is_let_in(watcher);
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("a restart is waited for by everybody")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("ask_to_shut_down");
        std::string failure;
        test.begin(test.vm.restart(someone()), failure);
        co_await until([&test] { return test.host.is_held(); });
        auto& watcher = test.comes_back(activity::watching);
        auto& user = test.comes_back(activity::active);
        co_await waits(test, user, vm_state::stopping);
        test.host.release();
        co_await is_let_in(watcher);
        co_await is_let_in(user);
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("a VM that was stopped on purpose is not waited for")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        std::string failure;
        client* first = nullptr;
        SECTION("while it ran")
        {
            test.host.hold("ask_to_shut_down");
            test.begin(test.vm.down(someone()), failure);
            co_await until([&test] { return test.host.is_held(); });
            first = &test.comes_back(activity::active);
            co_await until([first] { return first->answered; });
            CHECK(test.vm.status().state == vm_state::stopping);
            test.host.release();
            co_await test.reaches(vm_state::stopped);
        }
        SECTION("while it was on its way to sleep")
        {
            test.vm.containers_run(0);
            test.host.hold("ask_to_shut_down");
            test.begin(test.vm.sleep(someone(), sleep_depth::off), failure);
            co_await until([&test] { return test.host.is_held(); });
            first = &test.comes_back(activity::watching);
            co_await waits(test, *first, vm_state::stopping);
            std::string other;
            test.begin(test.vm.down(someone()), other);
            co_await until([first] { return first->answered; });
            test.host.release();
            co_await test.reaches(vm_state::stopped);
        }
        SECTION("after it had died")
        {
            test.host.die(stop_cause::killed);
            co_await test.reaches(vm_state::stopped);
            first = &test.comes_back(activity::watching);
            co_await waits(test, *first, vm_state::stopped);
            co_await test.vm.down(someone());
        }
        co_await until([first] { return first->answered; });
        CHECK(
            first->failure == "the VM was stopped by docker (pid 4711, uid 1000): GET /v1.41/info"
        );
        auto& later = test.comes_back(activity::active);
        co_await until([&later] { return later.answered; });
        CHECK_FALSE(later.failure.empty());
        CHECK(test.host.count("power_on") == 1);
        // The next request starts it, and then it is there for all.
        co_await test.vm.up(someone());
        co_await is_let_in(test.comes_back(activity::watching));
    });
}

TEST_CASE("a daemon that stops lets nobody wait")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.vm.containers_run(0);
        co_await test.vm.sleep(someone(), sleep_depth::paused);
        auto& who = test.comes_back(activity::watching);
        co_await waits(test, who, vm_state::paused);
        test.vm.turn_away();
        co_await until([&who] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("gangwayd is stopping"));
        auto& later = test.comes_back(activity::watching);
        co_await until([&later] { return later.answered; });
        CHECK_FALSE(later.failure.empty());
    });
}

TEST_CASE(
    "an engine that does not answer in a VM that runs is waited for, as its guest starts it again"
)
{
    supervised_vm t([](boot_plan& plan) { plan.engine_patience = 50ms; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        const auto address = who.held.address();
        SECTION("until it answers")
        {
            const bool again = co_await test.vm.has_gone(address);
            CHECK(again);
        }
        SECTION("for a while")
        {
            test.host.engine_answers(false);
            const bool again = co_await test.vm.has_gone(address);
            CHECK_FALSE(again);
            // And anew with the next client.
            test.host.engine_answers(true);
            const bool again_then = co_await test.vm.has_gone(address);
            CHECK(again_then);
        }
        SECTION("or until the VM dies, too")
        {
            test.host.die(stop_cause::killed);
            const bool gone = co_await test.vm.has_gone(address);
            CHECK(gone);
        }
        CHECK(test.host.count("power_on") == 1);
    });
}

TEST_CASE("a VM that runs has the host's time when the host has slept")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.clock_was_set();
        // While it boots: once it is ready.
        test.host.hold("power_on");
        auto& who = test.arrives();
        co_await until([&test] { return test.host.is_held(); });
        test.vm.clock_was_set();
        CHECK(test.host.count("set_guest_clock") == 0);
        test.host.release();
        co_await is_let_in(who);
        co_await until([&test] { return test.host.count("set_guest_clock") == 1; });
        test.vm.clock_was_set();
        co_await until([&test] { return test.host.count("set_guest_clock") == 2; });
        test.host.fail_next(
            "set_guest_clock", describe(hypervisor_problem::refused, "set the clock", "no agent")
        );
        test.vm.clock_was_set();
        co_await until([&test] { return test.host.count("set_guest_clock") == 3; });
        CHECK(test.vm.status().state == vm_state::ready);
    });
}

TEST_CASE("a guest that has panicked is told from one that shut itself down")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.guest_prints(
            "[9.1] Kernel panic - not syncing: Fatal exception\n" + std::string(300'000, '\n') +
            "Call Trace:\n a\n b\n c\n d\n e\n f\n g\n h\n i\n j\n k\n[9.2] Rebooting\n"
        );
        test.host.die(stop_cause::shut_down);
        co_await test.reaches(vm_state::stopped);
        const std::string said = "Kernel panic - not syncing: Fatal exception";
        CHECK(test.vm.status().stopped_by == said);
        CHECK(test.losses == std::vector<std::string>{"the VM has ended: " + said});
        // It is told of once.
        co_await test.vm.up(someone());
        test.host.die(stop_cause::shut_down);
        co_await test.reaches(vm_state::stopped);
        CHECK(test.vm.status().stopped_by == "shut itself down");
    });
}

TEST_CASE("one that is started anew because it could not be saved is waited for")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        const auto no = [](const char* why) {
            return describe(hypervisor_problem::refused, "do that", why);
        };
        test.host.fail_next("/usr/lib/gangway/doze", no("no answer"));
        test.host.fail_next("/usr/lib/gangway/wake", no("still no answer"));
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        auto& who = test.comes_back(activity::watching);
        co_await test.reaches(vm_state::stopped);
        co_await waits(test, who, vm_state::stopped);
        co_await test.vm.up(someone());
        co_await is_let_in(who);
    });
}
