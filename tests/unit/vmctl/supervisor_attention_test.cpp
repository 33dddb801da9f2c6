// An engine that is used and falls silent.
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace vmctl;
using namespace std::chrono_literals;
using test_support::until;
using vmctl_test::supervised_vm;

TEST_CASE("while it is used, an engine is asked whether it is there")
{
    supervised_vm t([](boot_plan& plan) {
        plan.attention = 5ms;
        plan.engine_patience = 20ms;
        plan.disk_retry = 1h;
    });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        test.host.engine_answers(false);
        SECTION("a VM that stands still is switched off, and started by the next client")
        {
            test.host.guest_is_silent();
            co_await test.reaches(vm_state::stopped);
            CHECK(test.host.count("cut_power") == 1);
            CHECK(!test.host.is_on());
            const std::string why = "the VM did not answer any more, and was switched off";
            CHECK(test.losses == std::vector<std::string>{why});
            test.host.engine_answers(true);
            auto& next = test.arrives();
            co_await until([&next] { return next.answered; });
            CHECK(next.failure.empty());
            next.held = lease();
            CHECK(test.host.count("power_on") == 2);
        }
        SECTION("one whose engine alone is silent is not")
        {
            co_await until([&test] { return test.host.count("guest_listens") >= 2; });
            CHECK(test.host.count("cut_power") == 0);
            CHECK(test.vm.status().state == vm_state::ready);
        }
        SECTION("nor one that nobody can ask")
        {
            test.host.guest_is_silent();
            const auto unreachable =
                describe(hypervisor_problem::unreachable, "qemu:///session", "no such socket");
            test.host.fail_next("guest_listens", unreachable);
            co_await until([&test] { return test.host.count("guest_listens") >= 1; });
            CHECK(test.host.count("cut_power") == 0);
            co_await test.reaches(vm_state::stopped);
            CHECK(test.host.count("guest_listens") == 2);
        }
        SECTION("nor one that waits for room on its disk")
        {
            test.host.guest_is_silent();
            test.host.tell({domain_event::kind::disk_failed, stop_cause::unknown});
            asio::steady_timer pause(test.loop, 100ms);
            co_await pause.async_wait(asio::use_awaitable);
            CHECK(test.host.count("guest_listens") == 0);
            CHECK(test.host.count("cut_power") == 0);
        }
        SECTION("nor one that answers again")
        {
            co_await until([&test] { return test.host.count("guest_listens") >= 1; });
            test.host.engine_answers(true);
            who.held = lease();
            auto& next = test.arrives();
            co_await until([&next] { return next.answered; });
            CHECK(next.failure.empty());
            next.held = lease();
            CHECK(test.host.count("cut_power") == 0);
        }
    });
}

TEST_CASE("nobody asks an engine that nobody uses")
{
    supervised_vm t([](boot_plan& plan) { plan.attention = 1ms; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& watcher = test.arrives(activity::watching);
        co_await until([&] { return watcher.answered; });
        auto& who = test.arrives();
        co_await until([&who] { return who.answered; });
        who.held = lease();
        test.host.engine_answers(false);
        test.host.guest_is_silent();
        asio::steady_timer pause(test.loop, 30ms);
        co_await pause.async_wait(asio::use_awaitable);
        CHECK(test.host.count("guest_listens") == 0);
        CHECK(test.vm.status().state == vm_state::ready);
    });
}
