// A call that would last for ever is ended, and no other.
#include "vmctl/call_limit.hpp"

#include "tests/support/eventually.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <stop_token>
#include <thread>

using namespace std::chrono_literals;
using test_support::eventually;
using vmctl::call_limit;

namespace {

std::stop_token requested()
{
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

}  // namespace

TEST_CASE("a call that waits for another process ends when that is given up")
{
    call_limit limit;
    for (int call = 0; call < 3; ++call) {
        std::promise<void> other;
        const call_limit::guard guard(
            limit, 10ms, [&other] { other.set_value(); }, requested()
        );
        CHECK(other.get_future().wait_for(test_support::patience) == std::future_status::ready);
    }
}

TEST_CASE("a call that ends in time is left alone")
{
    call_limit limit;
    std::atomic<int> ended = 0;
    for (int call = 0; call < 1000; ++call) {
        const call_limit::guard guard(
            limit, 1h, [&ended] { ++ended; }, requested()
        );
    }
    CHECK(ended == 0);
}

// What is given up is the call that is made, whatever its end meets.
TEST_CASE("calls that end as they are given up are given up once, or not at all")
{
    call_limit limit;
    for (int call = 0; call < 200; ++call) {
        std::atomic<int> ended = 0;
        {
            const call_limit::guard guard(
                limit, 1ms, [&ended] { ++ended; }, requested()
            );
            std::this_thread::sleep_for(std::chrono::microseconds(900 + call));
        }
        const int seen = ended;
        CHECK(seen <= 1);
        const call_limit::guard next(
            limit, 1h, [] {}, requested()
        );
        CHECK(ended == seen);
    }
}

TEST_CASE("the time counts from a request on")
{
    call_limit limit;
    std::stop_source somebody_waits;
    std::atomic<bool> ended = false;
    const call_limit::guard guard(
        limit, 1ms, [&ended] { ended = true; }, somebody_waits.get_token()
    );
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(ended);
    somebody_waits.request_stop();
    CHECK(eventually([&] { return ended.load(); }));
}

TEST_CASE("a request that comes when the call is over gives nothing up")
{
    call_limit limit;
    std::stop_source source;
    std::atomic<bool> ended = false;
    {
        const call_limit::guard guard(
            limit, 1ms, [&ended] { ended = true; }, source.get_token()
        );
    }
    source.request_stop();
    const call_limit::guard next(
        limit, 1h, [] {}, requested()
    );
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(ended);
}
