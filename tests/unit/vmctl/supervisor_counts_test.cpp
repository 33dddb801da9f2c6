// How often the VM came and went, and by whose wish.
#include "tests/unit/vmctl/sleep_steps.hpp"
#include "vmctl/duration_histogram.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <numeric>
#include <string>

using namespace vmctl_test;

namespace {

requester with(wake_reason reason)
{
    auto who = someone();
    who.reason = reason;
    return who;
}

std::uint64_t of(const wake_count& wakes, wake_reason reason)
{
    return wakes.by_reason.at(static_cast<std::size_t>(reason));
}

std::uint64_t all(const duration_histogram& durations)
{
    const auto& counts = durations.counts();
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("durations are counted in the first step that is not below them")
{
    duration_histogram took;
    took.observe(10ms);  // a step's bound is in it
    took.observe(11ms);
    took.observe(119s);
    took.observe(10min);
    const auto& bounds = duration_histogram::bounds;
    CHECK(bounds.front() == 0.01);
    CHECK(bounds.back() == 120);
    CHECK(std::is_sorted(bounds.begin(), bounds.end()));
    CHECK(took.counts().front() == 1);
    CHECK(took.counts().at(1) == 1);
    CHECK(took.counts().at(bounds.size() - 1) == 1);
    CHECK(took.counts().back() == 1);
    CHECK(took.sum() == Approx(0.021 + 119 + 600));
}

TEST_CASE("boots and wakes are counted by where the VM came from and who wanted it")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        const auto& counts = test.vm.counts();
        co_await test.vm.up(with(wake_reason::command));
        CHECK(of(counts.from_off, wake_reason::command) == 1);
        CHECK(all(counts.from_off.took) == 1);
        test.vm.containers_run(0);

        co_await test.vm.sleep(someone(), sleep_depth::paused);
        co_await test.vm.up(with(wake_reason::port));
        CHECK(of(counts.from_paused, wake_reason::port) == 1);
        CHECK(all(counts.from_paused.took) == 1);

        co_await test.vm.sleep(someone(), sleep_depth::saved);
        co_await is_served(test);
        CHECK(of(counts.from_saved, wake_reason::request) == 1);
        CHECK(all(counts.from_saved.took) == 1);
        // Who finds it awake has not woken it.
        co_await is_served(test);
        CHECK(all(counts.from_saved.took) == 1);
        CHECK(all(counts.from_off.took) == 1);
        CHECK(all(counts.from_paused.took) == 1);

        CHECK(counts.paused == 1);
        CHECK(counts.saved == 1);
        CHECK(counts.off == 0);
        CHECK(counts.failed_starts == 0);
    });
}

TEST_CASE("a VM that is stopped by its user was not sent to sleep, one that nobody uses was")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await test.vm.down(someone());
        CHECK(test.vm.counts().off == 0);
        co_await test.vm.up(someone());
        test.vm.containers_run(0);
        co_await test.vm.sleep(someone(), sleep_depth::off);
        CHECK(test.vm.counts().off == 1);
        CHECK(all(test.vm.counts().from_off.took) == 2);
    });
}

TEST_CASE("a VM that was found running was neither booted nor woken")
{
    supervised_vm t;
    t.host.runs_already(fake_hypervisor::running);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await is_served(test);
        const auto& counts = test.vm.counts();
        CHECK(all(counts.from_off.took) == 0);
        CHECK(all(counts.from_saved.took) == 0);
        CHECK(all(counts.from_paused.took) == 0);
    });
}

TEST_CASE("what was saved and cannot be used counts as the boot that it became")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        test.host.next_in_guest({1, "/home cannot be mounted"});
        co_await is_served(test);
        CHECK(all(test.vm.counts().from_saved.took) == 0);
        CHECK(all(test.vm.counts().from_off.took) == 2);
    });
}

TEST_CASE("starts and wakes that come to nothing are counted")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        std::string failure;
        SECTION("a boot")
        {
            test.host.fail_next("power_on", refusal("no memory"));
            auto& who = test.arrives();
            co_await until([&who] { return who.answered; });
            failure = who.failure;
        }
        SECTION("a restore for which there is no room")
        {
            co_await goes_to_sleep(test, sleep_depth::saved);
            const auto full = describe(hypervisor_problem::not_now, "wake it", "the disk is full");
            test.host.fail_next("restore", full);
            auto& who = test.arrives();
            co_await until([&who] { return who.answered; });
            failure = who.failure;
        }
        CHECK(!failure.empty());
        CHECK(test.vm.counts().failed_starts == 1);
    });
}
