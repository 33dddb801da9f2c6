// Coroutines that are owned, cancelled and awaited; time limits; blocking work beside the loop.
#include "vmctl/task_group.hpp"

#include "tests/support/run_loop.hpp"
#include "vmctl/deadline.hpp"
#include "vmctl/gate.hpp"
#include "vmctl/run_blocking.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/thread_pool.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace vmctl;
using test_support::run_loop;

namespace {

asio::awaitable<void> throw_error(std::string text)
{
    throw std::runtime_error(text);
    co_return;
}

asio::awaitable<void> sleep_for_ever(bool& woken)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    woken = error == asio::error::operation_aborted;
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> do_nothing()
{
    co_return;
}

asio::awaitable<int> answer()
{
    co_return 42;
}

asio::awaitable<void> pass(gate& way, int& passed)
{
    co_await way.wait();
    ++passed;
}

void ignore(const std::exception_ptr&) {}

std::string what(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("a group reports what a task threw, once, and is empty afterwards")
{
    asio::io_context loop(1);
    task_group group(loop.get_executor());
    std::vector<std::string> failures;
    group.spawn(throw_error("broken"), [&](const std::exception_ptr& failure) {
        CHECK(group.size() == 0);
        failures.push_back(what(failure));
    });
    run_loop(loop, group.wait());
    CHECK(failures == std::vector<std::string>{"broken"});
}

TEST_CASE("cancelling a group ends its tasks, is no failure, and wait returns after the last")
{
    asio::io_context loop(1);
    task_group group(loop.get_executor());
    bool first = false;
    bool second = false;
    bool failed = false;
    const auto note = [&failed](const std::exception_ptr&) { failed = true; };
    group.spawn(sleep_for_ever(first), note);
    group.spawn(sleep_for_ever(second), note);
    auto body = [](task_group& tasks) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        tasks.cancel();
        co_await tasks.wait();
    };
    run_loop(loop, body(group));
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(failed);
    CHECK(group.size() == 0);
}

TEST_CASE("waiting for an empty group returns at once")
{
    asio::io_context loop(1);
    task_group group(loop.get_executor());
    run_loop(loop, group.wait());
    CHECK(group.size() == 0);
}

TEST_CASE("a gate lets everybody pass who waits, and everybody who comes later")
{
    asio::io_context loop(1);
    task_group group(loop.get_executor());
    gate way(loop.get_executor());
    int passed = 0;
    for (int i = 0; i < 5; ++i) group.spawn(pass(way, passed), ignore);
    loop.poll();
    CHECK(passed == 0);
    way.open();
    group.spawn(pass(way, passed), ignore);
    run_loop(loop, group.wait());
    CHECK(passed == 6);
}

TEST_CASE("who is cancelled at a gate goes alone")
{
    asio::io_context loop(1);
    task_group leaving(loop.get_executor());
    task_group staying(loop.get_executor());
    gate way(loop.get_executor());
    int left = 0;
    int stayed = 0;
    leaving.spawn(pass(way, left), ignore);
    staying.spawn(pass(way, stayed), ignore);
    loop.poll();
    leaving.cancel();
    loop.poll();
    CHECK(leaving.size() == 0);
    CHECK(staying.size() == 1);
    way.open();
    run_loop(loop, staying.wait());
    CHECK(left == 0);
    CHECK(stayed == 1);
}

TEST_CASE("work that ends in time gives its value or what it threw")
{
    asio::io_context loop(1);
    auto body = []() -> asio::awaitable<void> {
        auto quick = answer();
        const int value = co_await with_deadline(1h, std::move(quick));
        CHECK(value == 42);
        std::string thrown;
        try {
            auto broken = throw_error("broken");
            co_await with_deadline(1h, std::move(broken));
        } catch (const std::runtime_error& error) {
            thrown = error.what();
        }
        CHECK(thrown == "broken");
    };
    run_loop(loop, body());
}

TEST_CASE("work that does not end in time is cancelled, and the time-out is thrown")
{
    asio::io_context loop(1);
    bool cancelled = false;
    boost::system::error_code error;
    auto body = [](bool& noted, boost::system::error_code& thrown) -> asio::awaitable<void> {
        try {
            auto slow = sleep_for_ever(noted);
            co_await with_deadline(1ms, std::move(slow));
        } catch (const boost::system::system_error& failure) {
            thrown = failure.code();
        }
    };
    run_loop(loop, body(cancelled, error));
    CHECK(cancelled);
    CHECK(error == asio::error::timed_out);
}

TEST_CASE("the first of two to end cancels the other, whichever it is, and its failure is thrown")
{
    asio::io_context loop(1);
    bool cancelled = false;
    auto body = [](bool& noted) -> asio::awaitable<void> {
        auto quick = do_nothing();
        auto slow = sleep_for_ever(noted);
        co_await first_to_end(std::move(slow), std::move(quick));
        CHECK(noted);
        noted = false;
        std::string thrown;
        try {
            auto broken = throw_error("broken");
            auto slow_again = sleep_for_ever(noted);
            co_await first_to_end(std::move(broken), std::move(slow_again));
        } catch (const std::runtime_error& error) {
            thrown = error.what();
        }
        CHECK(noted);
        CHECK(thrown == "broken");
    };
    run_loop(loop, body(cancelled));
}

TEST_CASE("work under a deadline that is cancelled from outside was cancelled, not late")
{
    asio::io_context loop(1);
    task_group group(loop.get_executor());
    bool cancelled = false;
    std::string failure;
    group.spawn(with_deadline(1h, sleep_for_ever(cancelled)), [&failure](const auto& thrown) {
        failure = what(thrown);
    });
    loop.poll();
    group.cancel();
    run_loop(loop, group.wait());
    CHECK(cancelled);
    CHECK(failure.empty());
}

TEST_CASE("blocking work runs on another thread and its result comes back to the loop's")
{
    asio::io_context loop(1);
    asio::thread_pool pool(1);
    auto body = [](asio::thread_pool& threads) -> asio::awaitable<void> {
        const auto here = std::this_thread::get_id();
        auto work = [] { return std::this_thread::get_id(); };
        const auto there = co_await run_blocking(threads, std::move(work));
        CHECK(there != here);
        CHECK(std::this_thread::get_id() == here);
        std::string thrown;
        try {
            auto broken = [] { throw std::runtime_error("broken"); };
            co_await run_blocking(threads, std::move(broken));
        } catch (const std::runtime_error& error) {
            thrown = error.what();
        }
        CHECK(thrown == "broken");
        CHECK(std::this_thread::get_id() == here);
    };
    run_loop(loop, body(pool));
}
