// Going to sleep, waking, and what may go wrong on either way.
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace vmctl;
using namespace std::chrono_literals;
using test_support::fake_hypervisor;
using test_support::until;
using vmctl_test::client;
using vmctl_test::someone;
using vmctl_test::supervised_vm;

namespace {

hypervisor_error refusal(const std::string& said)
{
    return describe(hypervisor_problem::refused, "do that", said);
}

asio::awaitable<void> goes_to_sleep(supervised_vm& test, sleep_depth depth)
{
    co_await test.vm.up(someone());
    test.vm.containers_run(0);
    co_await test.vm.sleep(someone(), depth);
}

asio::awaitable<void> is_served(supervised_vm& test)
{
    auto& who = test.arrives();
    co_await until([&who] { return who.answered; });
    CHECK(who.failure.empty());
    CHECK(test.vm.status().state == vm_state::ready);
    who.held = lease();
}

std::vector<std::string> told(const supervised_vm& test)
{
    std::vector<std::string> all;
    for (const auto& each : test.vm.status().history) all.push_back(each.what);
    return all;
}

std::size_t place(const std::vector<std::string>& calls, const std::string& call)
{
    const auto found = std::find(calls.begin(), calls.end(), call);
    return static_cast<std::size_t>(found - calls.begin());
}

}  // namespace

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

TEST_CASE("a client that comes on the way down is served once the VM sleeps")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("save");
        std::string failure;
        test.begin(test.vm.sleep(someone(), sleep_depth::saved), failure);
        co_await until([&test] { return test.host.is_held(); });
        CHECK(test.vm.retires());
        CHECK(!test.vm.sleeps());
        auto& who = test.arrives();
        test.host.release();
        co_await until([&who] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(failure.empty());
        CHECK(!test.vm.retires());
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

TEST_CASE("a stop that comes on the way to sleep ends in order, too")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.hold("save");
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
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(!test.host.is_on());
        CHECK(!test.host.is_saved());
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
