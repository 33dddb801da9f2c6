// Power that is cut, a VM that starts anew, and one that is deleted.
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace asio = boost::asio;
using namespace vmctl;
using namespace std::chrono_literals;
using test_support::until;
using vmctl_test::someone;
using vmctl_test::supervised_vm;

namespace {

void patient(boot_plan& plan)
{
    plan.shutdown_timeout = 10min;
}

}  // namespace

TEST_CASE("power is cut without a word to the guest")
{
    supervised_vm t(patient);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.power_off(someone());
        CHECK(test.vm.status().state == vm_state::stopped);
        CHECK_FALSE(test.host.is_on());
        CHECK(test.host.count("ask_to_shut_down") == 0);
        CHECK(test.losses.size() == 1);
        // The next stop is polite again.
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        CHECK(test.host.count("ask_to_shut_down") == 1);
    });
}

TEST_CASE("who has no patience with a guest that shuts down cuts its power")
{
    supervised_vm t(patient);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.guest_ignores_power_button();
        std::string failure;
        test.begin(test.vm.down(someone()), failure);
        co_await until([&] { return test.host.count("ask_to_shut_down") == 1; });
        co_await test.vm.power_off(someone());
        CHECK_FALSE(test.host.is_on());
        CHECK(test.vm.status().state == vm_state::stopped);
        CHECK(failure.empty());
    });
}

TEST_CASE("a VM whose power is off already is left alone, and the next stop is polite")
{
    supervised_vm t(patient);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.power_off(someone());
        CHECK(test.host.count("cut_power") == 0);
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("cut_power") == 0);
    });
}

TEST_CASE("a saved VM stays saved when its power shall be cut")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        co_await test.vm.power_off(someone());
        CHECK(test.vm.status().state == vm_state::saved);
        CHECK(test.host.is_saved());
    });
}

TEST_CASE("a reset starts the VM anew, and one that is off is no VM to reset")
{
    supervised_vm t(patient);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        std::string failure;
        test.begin(test.vm.reset(someone()), failure);
        co_await until([&] { return !failure.empty(); });
        CHECK_THAT(failure, Catch::Contains("`gangway up`"));
        co_await test.vm.up(someone());
        co_await test.vm.reset(someone());
        CHECK(test.vm.status().state == vm_state::ready);
        CHECK(test.host.count("power_on") == 2);
        CHECK(test.host.count("ask_to_shut_down") == 0);
    });
}

TEST_CASE("a reset of a VM whose start has failed starts it, and the next stop is polite")
{
    supervised_vm t(patient);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.host.fail_next("power_on", describe(hypervisor_problem::refused, "start", "no"));
        std::string failure;
        test.begin(test.vm.up(someone()), failure);
        co_await test.reaches(vm_state::failed);
        co_await test.vm.reset(someone());
        CHECK(test.vm.status().state == vm_state::ready);
        co_await test.vm.down(someone());
        CHECK(test.host.count("ask_to_shut_down") == 1);
    });
}

TEST_CASE("a reset of a saved VM is a fresh boot")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        co_await test.vm.reset(someone());
        CHECK(test.vm.status().state == vm_state::ready);
        CHECK(test.host.count("restore") == 0);
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("a VM whose power is cut while it is being saved has nothing to go on with")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.is_too_late_to_call_off();
        test.host.hold("save");
        std::string not_asleep;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), not_asleep);
        co_await until([&] { return test.host.is_held(); });
        std::string failure;
        test.begin(test.vm.power_off(someone()), failure);
        co_await test.reaches(vm_state::stopping);
        test.host.release();
        co_await test.reaches(vm_state::stopped);
        CHECK(failure.empty());
        CHECK_FALSE(test.host.is_saved());
        co_await test.vm.up(someone());
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("clients who wait for a VM that is reset go on waiting")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.host.hold("power_on");
        auto& who = test.arrives();
        co_await until([&] { return test.host.is_held(); });
        std::string failure;
        test.begin(test.vm.reset(someone()), failure);
        co_await test.reaches(vm_state::stopping);
        test.host.release();
        co_await until([&] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(failure.empty());
    });
}

TEST_CASE("a delete that fails says why, and can be asked for again")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int told = 0;
        test.vm.on_engine_removed([&] { ++told; });
        co_await test.vm.up(someone());
        test.host.fail_next(
            "undefine", describe(hypervisor_problem::refused, "undefine", "it has snapshots")
        );
        std::string failure;
        test.begin(test.vm.remove(someone(), false), failure);
        co_await until([&] { return !failure.empty(); });
        CHECK_THAT(failure, Catch::Contains("it has snapshots") && Catch::Contains("again"));
        CHECK(test.prepared.back() != "deleted");
        CHECK(told == 1);
        co_await test.vm.remove(someone(), false);
        CHECK(test.prepared.back() == "deleted");
        CHECK(test.host.state() == power::absent);
    });
}

TEST_CASE("a VM that was switched on behind our back is off when it is deleted")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        test.host.power_on();
        co_await test.vm.remove(someone(), false);
        CHECK_FALSE(test.host.is_on());
        CHECK(test.prepared.back() == "deleted");
    });
}

TEST_CASE("another daemon's VM is neither deleted nor does it lose what was saved")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        SECTION("found at the beginning")
        {
            test.host.is_taken();
            test.vm.examine();
            co_await test.vm.examined();
            CHECK(test.vm.status().state == vm_state::failed);
        }
        SECTION("there later")
        {
            co_await test.vm.up(someone());
            co_await test.vm.down(someone());
            test.host.is_taken();
        }
        for (const bool deleting : {false, true}) {
            CAPTURE(deleting);
            std::string failure;
            auto work = deleting ? test.vm.remove(someone(), false) : test.vm.reset(someone());
            test.begin(std::move(work), failure);
            co_await until([&] { return !failure.empty(); });
        }
        CHECK(test.host.count("undefine") == 0);
        CHECK(test.host.count("discard_saved") == 0);
        CHECK(test.host.count("cut_power") == 0);
        CHECK((test.prepared.empty() || test.prepared.back() != "deleted"));
    });
}

TEST_CASE("a VM that is deleted leaves nothing, and the next client gets another")
{
    supervised_vm t(patient);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int told = 0;
        test.vm.on_engine_removed([&] { ++told; });
        co_await test.vm.up(someone());
        co_await test.vm.remove(someone(), false);
        CHECK(told == 1);
        CHECK(test.vm.status().state == vm_state::absent);
        CHECK(test.host.count("ask_to_shut_down") == 0);
        CHECK(test.host.state() == power::absent);
        CHECK(test.prepared.back() == "deleted");
        CHECK(test.vm.status().history.back().what == "deleted");
        co_await test.vm.up(someone());
        CHECK(test.vm.status().state == vm_state::ready);
    });
}

TEST_CASE("a saved VM is deleted without being started")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        co_await test.vm.remove(someone(), true);
        CHECK(test.vm.status().state == vm_state::absent);
        CHECK(test.host.count("restore") == 0);
        CHECK_FALSE(test.host.is_saved());
        CHECK(test.prepared.back() == "deleted but for the data");
    });
}

TEST_CASE("a VM that somebody starts while it is to be deleted is kept")
{
    supervised_vm t(patient);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("cut_power");
        std::string failure;
        test.begin(test.vm.remove(someone(), false), failure);
        co_await until([&] { return test.host.is_held(); });
        auto& who = test.arrives();
        co_await until([&] { return test.vm.status().use.waiting == 1; });
        test.host.release();
        co_await until([&] { return who.answered && !failure.empty(); });
        CHECK(who.failure.empty());
        CHECK_THAT(failure, Catch::Contains("nothing was deleted"));
        CHECK(test.vm.status().state == vm_state::ready);
    });
}
