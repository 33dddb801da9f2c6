// On the way to sleep: what may go wrong, and who calls it off.
#include "tests/unit/vmctl/sleep_steps.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace vmctl_test;

TEST_CASE("what goes wrong on the way down leaves a VM that runs")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        std::string failure;
        SECTION("the guest is not ready for it")
        {
            test.host.next_in_guest({1, "/home is in use\nand more"});
            test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
            co_await until([&failure] { return !failure.empty(); });
            CHECK_THAT(failure, Catch::Contains("/home is in use)"));
            CHECK(test.host.count("save") == 0);
            CHECK(test.host.count("/usr/lib/gangway/wake") == 1);
        }
        SECTION("libvirt refuses")
        {
            test.host.fail_next("save", refusal("a device says no"));
            test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
            co_await until([&failure] { return !failure.empty(); });
            CHECK_THAT(failure, Catch::Contains("a device says no"));
            // What the guest had given up is there again.
            CHECK(test.host.count("/usr/lib/gangway/wake") == 1);
        }
        SECTION("it cannot even be paused")
        {
            test.host.fail_next("pause", refusal("a device says no"));
            test.begin(test.vm.sleep(someone(), sleep_depth::paused), failure);
            co_await until([&failure] { return !failure.empty(); });
        }
        CHECK(test.vm.status().state == vm_state::ready);
        CHECK(test.host.is_on());
        CHECK(!test.host.is_paused());
        CHECK(told(test).back() == "not put to sleep");
        co_await is_served(test);
        CHECK(test.losses.empty());
    });
}

TEST_CASE("a guest that may have lost its shares on the way down is not used as it is")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.fail_next("/usr/lib/gangway/doze", refusal("no answer"));
        test.host.fail_next("/usr/lib/gangway/wake", refusal("still no answer"));
        test.host.hold("/usr/lib/gangway/doze");
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        co_await until([&test] { return test.host.is_held(); });
        auto& who = test.arrives();
        test.host.release();
        co_await until([&who] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK_THAT(failure, Catch::Contains("no answer") && Catch::Contains("still no answer"));
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("a client that comes while the VM is being saved calls that off")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int asleep = 0;
        int back = 0;
        test.vm.on_engine_asleep([&asleep] { ++asleep; });
        test.vm.on_engine_back([&back] { ++back; });
        const std::string step = GENERATE("/usr/lib/gangway/doze", "save");
        CAPTURE(step);
        const bool was_paused = GENERATE(false, true);
        co_await test.vm.up(someone());
        if (was_paused) co_await test.vm.sleep(someone(), sleep_depth::paused);
        test.host.hold(step);
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        co_await until([&test] { return test.host.is_held(); });
        auto& who = test.arrives();
        test.host.release();
        co_await until([&who] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK_THAT(failure, Catch::StartsWith("called off for docker (pid "));
        CHECK(test.vm.status().state == vm_state::ready);
        CHECK(test.host.count("/usr/lib/gangway/wake") == 1);
        CHECK(test.host.count("restore") == 0);
        CHECK(test.host.is_on());
        CHECK(test.losses.empty());
        CHECK(asleep == 0);
        CHECK(back == 1);
        CHECK(told(test).back() == "not put to sleep");
        who.held = lease();
        // The next time it is saved.
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        CHECK(test.host.is_saved());
        test.vm.on_engine_asleep({});
        test.vm.on_engine_back({});
    });
}

TEST_CASE("on the way to sleep nothing can change once the processors stand still")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        for (const auto* step : {"/usr/lib/gangway/doze", "save"}) {
            CAPTURE(step);
            CHECK(!test.vm.stands_still());
            test.host.hold(step);
            std::string failure;
            test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
            co_await until([&test] { return test.host.is_held(); });
            CHECK(test.vm.sleeps());
            CHECK(!test.vm.stands_still());
            if (std::string(step) == "save") {
                test.host.tell({domain_event::kind::paused, stop_cause::unknown});
                co_await until([&test] { return test.vm.stands_still(); });
                test.host.tell({domain_event::kind::resumed, stop_cause::unknown});
                co_await until([&test] { return !test.vm.stands_still(); });
            } else {
                test.host.fail_next("save", refusal("a device says no"));
            }
            test.host.release();
            co_await until([&test] { return test.vm.status().state != vm_state::dozing; });
        }
        CHECK(test.vm.status().state == vm_state::saved);
        CHECK(test.vm.stands_still());
        co_await is_served(test);
        CHECK(!test.vm.stands_still());
    });
}

TEST_CASE("a way to sleep that takes too long is called off")
{
    supervised_vm t([](boot_plan& plan) { plan.nap_patience = 10ms; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("save");
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        co_await until([&test] { return test.host.is_held(); });
        asio::steady_timer pause(test.loop, 100ms);
        co_await pause.async_wait(asio::use_awaitable);
        test.host.release();
        co_await until([&failure] { return !failure.empty(); });
        CHECK(failure == "it takes too long");
        co_await is_served(test);
    });
}

TEST_CASE("a VM whose QEMU is silent is off, and says so")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        const std::string call = GENERATE("pause", "save", "resume");
        CAPTURE(call);
        co_await test.vm.up(someone());
        if (call == "resume") co_await test.vm.sleep(someone(), sleep_depth::paused);
        test.host.fail_next(call, describe(hypervisor_problem::silent, "do that", {}));
        test.host.hold(call);
        std::string failure;
        if (call == "resume")
            test.begin(test.vm.up(someone()), failure);
        else
            test.begin(
                test.vm.sleep(someone(), call == "save" ? sleep_depth::saved : sleep_depth::paused),
                failure
            );
        co_await until([&test] { return test.host.is_held(); });
        test.host.die(stop_cause::destroyed);
        test.host.release();
        co_await is_served(test);
        CHECK(test.vm.status().stopped_by == "did not answer any more, and was switched off");
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("a client that comes too late to call it off is served once the VM sleeps")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.is_too_late_to_call_off();
        test.host.hold("save");
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        co_await until([&test] { return test.host.is_held(); });
        CHECK(test.vm.sleeps());
        auto& who = test.arrives();
        test.host.release();
        co_await until([&who] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(failure.empty());
        CHECK(!test.vm.sleeps());
        CHECK(test.host.count("save") == 1);
        CHECK(test.host.count("restore") == 1);
    });
}

TEST_CASE("a VM that dies on its way to sleep is started by the client that waits")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("/usr/lib/gangway/doze");
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        co_await until([&test] { return test.host.is_held(); });
        auto& who = test.arrives();
        test.host.die(stop_cause::killed);
        test.host.release();
        co_await until([&who] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(!failure.empty());
        CHECK(test.host.count("power_on") == 2);
        CHECK(test.losses.size() == 1);
    });
}

TEST_CASE("a stop on the way to sleep ends in order, and does not wait for what can be called off")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        const bool too_late = GENERATE(false, true);
        if (too_late) test.host.is_too_late_to_call_off();
        test.host.hold(too_late ? "save" : "/usr/lib/gangway/doze");
        std::string asleep;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), asleep);
        co_await until([&test] { return test.host.is_held(); });
        std::string stopped;
        test.begin(test.vm.down(someone()), stopped);
        co_await test.reaches(vm_state::stopping);
        test.host.release();
        co_await test.reaches(vm_state::stopped);
        CHECK(stopped.empty());
        CHECK_THAT(asleep, Catch::Contains("was stopped by docker"));
        CHECK(test.host.count("save") == (too_late ? 1 : 0));
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(!test.host.is_on());
        CHECK(!test.host.is_saved());
    });
}
