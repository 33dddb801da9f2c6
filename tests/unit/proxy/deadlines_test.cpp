// Things that are called off when they take too long.
#include "proxy/deadlines.hpp"

#include "proxy/io_task.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using proxy::deadline;
using proxy::deadlines;

TEST_CASE("deadlines pass in their own order, whatever order they were made in")
{
    asio::io_context loop(1);
    deadlines all(loop.get_executor());
    std::string order;
    const deadline late(all, 30ms, [&] { order += "late "; });
    const deadline early(all, 5ms, [&] { order += "early "; });
    const deadline first(all, 0ms, [&] { order += "first "; });
    CHECK_FALSE(late.has_passed());
    loop.run();
    CHECK(order == "first early late ");
    CHECK(late.has_passed());
}

TEST_CASE("a deadline that was taken back never passes, and keeps no loop alive")
{
    asio::io_context loop(1);
    deadlines all(loop.get_executor());
    bool called = false;
    std::optional<deadline> taken_back(std::in_place, all, 1h, [&] { called = true; });
    const bool timer_is_set = GENERATE(false, true);
    if (timer_is_set) loop.poll();
    taken_back.reset();
    loop.restart();
    loop.run();
    CHECK_FALSE(called);
}

TEST_CASE("one that is made after the timer was set for a later one is not late")
{
    asio::io_context loop(1);
    deadlines all(loop.get_executor());
    const deadline late(all, 1h, [] {});
    loop.poll();
    bool called = false;
    const deadline early(all, 1ms, [&] {
        called = true;
        loop.stop();
    });
    loop.run();
    CHECK(called);
}

TEST_CASE("what is called may end its own deadline and make another")
{
    asio::io_context loop(1);
    deadlines all(loop.get_executor());
    std::optional<deadline> one;
    int calls = 0;
    std::function<void()> again = [&] {
        one.reset();
        if (++calls < 3) one.emplace(all, 1ms, again);
    };
    one.emplace(all, 1ms, again);
    loop.run();
    CHECK(calls == 3);
}

TEST_CASE("deadlines may go before the loop has turned")
{
    asio::io_context loop(1);
    auto all = std::make_unique<deadlines>(loop.get_executor());
    bool called = false;
    std::optional<deadline> one(std::in_place, *all, 1ms, [&] { called = true; });
    one.reset();
    all.reset();
    loop.run();
    CHECK_FALSE(called);
}

TEST_CASE("a coroutine pauses for a length of time")
{
    asio::io_context loop(1);
    deadlines all(loop.get_executor());
    const auto began = deadlines::clock::now();
    std::optional<deadlines::clock::duration> took;
    proxy::start(
        [](deadlines& of) -> proxy::io_task<> { co_await proxy::pausing(of, 5ms); }(all),
        [&](const std::exception_ptr& failure) {
            CHECK_FALSE(failure);
            took = deadlines::clock::now() - began;
        }
    );
    CHECK_FALSE(took);
    loop.run();
    REQUIRE(took);
    CHECK(*took >= 5ms);
}
