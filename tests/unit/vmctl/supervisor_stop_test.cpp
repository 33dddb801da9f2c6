// Stopping: asked for, not asked for, during a start, and with the daemon.
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace asio = boost::asio;
using namespace vmctl;
using namespace std::chrono_literals;
using test_support::fake_hypervisor;
using test_support::until;
using vmctl_test::someone;
using vmctl_test::supervised_vm;

namespace {

void shut_down_on_exit(boot_plan& plan)
{
    plan.when_daemon_exits = config::on_exit::shut_down;
    plan.shutdown_timeout = 5s;
}

}  // namespace

TEST_CASE("a VM that dies is noticed at once, told, and started again for the next client")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.die(stop_cause::killed);
        co_await until([&] { return !test.losses.empty(); });
        CHECK(test.losses == std::vector<std::string>{"the VM was killed"});
        CHECK(test.vm.status().state == vm_state::stopped);
        CHECK(test.vm.status().stopped_by == "was killed");
        CHECK(test.vm.status().engine_port == 0);

        auto& next = test.arrives();
        co_await until([&] { return next.answered; });
        CHECK(next.failure.empty());
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("a lease that outlives its VM is still given back")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        test.host.die(stop_cause::shut_down);
        co_await test.reaches(vm_state::stopped);
        CHECK(test.vm.status().use.active == 1);
        who.held = lease();
        CHECK(test.vm.status().use.active == 0);
    });
}

TEST_CASE("libvirt's daemon may go away without harm to the VM")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        const auto looks = test.host.count("state");
        test.host.tell({domain_event::kind::connection_lost, stop_cause::unknown});
        co_await until([&] { return test.host.count("state") > looks; });
        // The first loss that is told is the real one.
        test.host.die(stop_cause::killed);
        co_await until([&] { return !test.losses.empty(); });
        CHECK(test.losses == std::vector<std::string>{"the VM was killed"});
    });
}

TEST_CASE("while libvirt does not answer, the question whether the VM lives is asked again")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.fail_next("state", describe(hypervisor_problem::unreachable, "", ""));
        test.host.die(stop_cause::killed);
        co_await test.reaches(vm_state::stopped);
        CHECK(test.losses.size() == 1);
    });
}

TEST_CASE("down shuts the guest down, returns when the power is off, and tells the clients")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        CHECK_FALSE(test.host.is_on());
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("cut_power") == 0);
        CHECK(test.vm.status().state == vm_state::stopped);
        CHECK_THAT(test.vm.status().stopped_by, Catch::Contains("docker"));
        CHECK(test.losses.size() == 1);
    });
}

TEST_CASE("down and restart just after the daemon's start concern the VM that it is just finding")
{
    for (const bool again : {false, true}) {
        supervised_vm t;
        t.host.runs_already(fake_hypervisor::running);
        t.host.hold("state");
        auto body = again ? [](supervised_vm& test) -> asio::awaitable<void> {
            test.vm.examine();
            co_await until([&] { return test.host.is_held(); });
            std::string failure;
            test.begin(test.vm.restart(someone()), failure);
            test.host.release();
            co_await until([&] { return test.host.count("power_on") == 1; });
            co_await test.reaches(vm_state::ready);
            CHECK(failure.empty());
            CHECK(test.host.count("ask_to_shut_down") == 1);
        }
        : [](supervised_vm& test) -> asio::awaitable<void> {
              test.vm.examine();
              co_await until([&] { return test.host.is_held(); });
              std::string failure;
              test.begin(test.vm.down(someone()), failure);
              test.host.release();
              co_await until([&] { return !test.host.is_on(); });
              co_await test.reaches(vm_state::stopped);
              CHECK(failure.empty());
          };
        t.run(body);
    }
}

TEST_CASE("who uses the engine is told before it is stopped")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        std::size_t told = 0;
        bool was_on = false;
        test.vm.on_engine_leaving([&](sleep_depth depth) {
            CHECK(depth == sleep_depth::off);
            ++told;
            was_on = test.host.is_on();
        });
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        CHECK(told == 1);
        CHECK(was_on);
        co_await test.vm.down(someone());
        CHECK(told == 1);
    });
}

TEST_CASE("clients who wait are turned away before the VM is dealt with")
{
    supervised_vm t;
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& waiting = test.arrives();
        co_await until([&] { return test.host.is_on(); });
        test.vm.turn_away();
        co_await until([&] { return waiting.answered; });
        CHECK_THAT(waiting.failure, Catch::Contains("gangwayd is stopping"));
        CHECK(test.host.is_on());
    });
}

TEST_CASE("down has nothing to do when the VM is off")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.down(someone());
        CHECK(test.vm.status().state == vm_state::absent);
        CHECK(test.host.calls().empty());
    });
}

TEST_CASE("a guest that does not shut down in time loses its power")
{
    supervised_vm t([](boot_plan& plan) { plan.shutdown_timeout = 50ms; });
    t.host.guest_ignores_power_button();
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        CHECK_FALSE(test.host.is_on());
        CHECK(test.host.count("cut_power") == 1);
    });
}

TEST_CASE("down while the VM starts answers those who wait, and the start ends")
{
    supervised_vm t;
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return test.vm.status().timeline.size() > 4; });
        co_await test.vm.down(someone());
        co_await until([&] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("the VM was stopped by docker"));
        CHECK_FALSE(test.host.is_on());
        CHECK(test.vm.status().state == vm_state::stopped);
        CHECK(test.vm.status().failure.empty());
    });
}

TEST_CASE("a client that down has sent away does not bring the VM back by asking again at once")
{
    supervised_vm t;
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& ping = test.arrives(activity::active, 77);
        co_await until([&] { return test.host.is_on(); });
        co_await test.vm.down(someone());
        co_await until([&] { return ping.answered; });
        auto& again = test.arrives(activity::active, 77);
        co_await until([&] { return again.answered; });
        CHECK(again.failure == ping.failure);
        CHECK(test.host.count("power_on") == 1);

        test.host.engine_answers(true);
        auto& another = test.arrives(activity::active, 78);
        co_await until([&] { return another.answered; });
        CHECK(another.failure.empty());
        auto& served_too = test.arrives(activity::active, 77);
        co_await until([&] { return served_too.answered; });
        CHECK(served_too.failure.empty());
    });
}

TEST_CASE("down while the power is being switched on switches it off again")
{
    supervised_vm t;
    t.host.hold("power_on");
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return test.host.is_held(); });
        std::string failure;
        test.begin(test.vm.down(someone()), failure);
        co_await until([&] { return who.answered; });
        CHECK(test.vm.status().state == vm_state::stopping);
        test.host.release();
        co_await test.reaches(vm_state::stopped);
        CHECK(failure.empty());
        CHECK_FALSE(test.host.is_on());
        CHECK(test.host.count("cut_power") == 1);
    });
}

TEST_CASE("a client that comes while the VM goes down gets it back afterwards")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("ask_to_shut_down");
        std::string failure;
        test.begin(test.vm.down(someone()), failure);
        co_await until([&] { return test.host.is_held(); });
        auto& who = test.arrives();
        test.host.release();
        co_await until([&] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(failure.empty());
        CHECK(test.host.count("power_on") == 2);
        CHECK(test.vm.status().state == vm_state::ready);
    });
}

TEST_CASE("restart goes down and up, and clients that wait meanwhile are served")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        std::string failure;
        test.begin(test.vm.restart(someone()), failure);
        co_await test.reaches(vm_state::stopping);
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(failure.empty());
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("the end of an earlier VM that is heard late does not hit the next one")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.restart(someone());
        CHECK(test.losses.size() == 1);
        const auto looks = test.host.count("state");
        test.host.tell({domain_event::kind::power_off, stop_cause::shut_down});
        co_await until([&] { return test.host.count("state") > looks; });
        test.host.die(stop_cause::killed);
        co_await until([&] { return test.losses.size() > 1; });
        CHECK(test.losses.back() == "the VM was killed");
    });
}

TEST_CASE("a VM that cannot be stopped is an error for who asked, and for clients who wait")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.fail_next(
            "ask_to_shut_down", describe(hypervisor_problem::unreachable, "", "gone")
        );
        test.host.hold("ask_to_shut_down");
        std::string failure;
        test.begin(test.vm.down(someone()), failure);
        co_await until([&] { return test.host.is_held(); });
        auto& who = test.arrives();
        test.host.release();
        co_await until([&] { return who.answered && !failure.empty(); });
        CHECK_THAT(failure, Catch::Contains("the VM could not be stopped"));
        CHECK(who.failure == failure);
        CHECK(test.vm.status().state == vm_state::failed);
        // What the VM does is unknown; the next client finds that it still runs.
        auto& next = test.arrives();
        co_await until([&] { return next.answered; });
        CHECK(next.failure.empty());
        CHECK(test.host.count("adopt") == 1);
    });
}

TEST_CASE("a stop that has failed can be asked for again")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.fail_next("ask_to_shut_down", describe(hypervisor_problem::unreachable, "", ""));
        std::string failure;
        test.begin(test.vm.down(someone()), failure);
        co_await test.reaches(vm_state::failed);
        CHECK(test.host.is_on());
        co_await test.vm.down(someone());
        CHECK_FALSE(test.host.is_on());
        CHECK(test.vm.status().state == vm_state::stopped);
    });
}

TEST_CASE("a daemon that keeps its VM running leaves it alone when it stops")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> { co_await test.vm.up(someone()); });
    CHECK(t.host.is_on());
    CHECK(t.host.count("ask_to_shut_down") == 0);
    CHECK(t.host.calls().back() == "disconnect");
}

TEST_CASE("a daemon that keeps its VM running leaves a start that is under way to the guest")
{
    supervised_vm t;
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.arrives();
        co_await until([&] { return test.host.is_on(); });
    });
    CHECK(t.host.is_on());
}

TEST_CASE("a daemon that shuts its VM down does so before it ends")
{
    supervised_vm t(shut_down_on_exit);
    t.run([](supervised_vm& test) -> asio::awaitable<void> { co_await test.vm.up(someone()); });
    CHECK_FALSE(t.host.is_on());
    CHECK(t.host.count("ask_to_shut_down") == 1);
    CHECK(t.host.count("cut_power") == 0);
}

TEST_CASE("a daemon that shuts its VM down also does so with one that it has only just found")
{
    supervised_vm t(shut_down_on_exit);
    t.host.runs_already(fake_hypervisor::running);
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_return;
    });
    CHECK_FALSE(t.host.is_on());
    CHECK(t.host.count("ask_to_shut_down") == 1);
}

TEST_CASE("a daemon that stops turns away the clients who wait, and those who come")
{
    supervised_vm t(shut_down_on_exit);
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& waiting = test.arrives();
        co_await until([&] { return test.host.is_on(); });
        co_await test.shut_down();
        CHECK(waiting.answered);
        CHECK_THAT(waiting.failure, Catch::Contains("gangwayd is stopping"));
        auto& late = test.arrives();
        co_await until([&] { return late.answered; });
        CHECK_THAT(late.failure, Catch::Contains("gangwayd is stopping"));
        CHECK_FALSE(test.host.is_on());
        CHECK(test.host.count("power_on") == 1);
    });
}
