// The host's clock is set, to what it shows.
#include "vmctl/clock_watch.hpp"

#include "tests/support/run_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <ctime>

namespace asio = boost::asio;
using test_support::until;

namespace {

// False: that is not allowed here.
bool set_clock_to_now()
{
    timespec now{};
    return ::clock_gettime(CLOCK_REALTIME, &now) == 0 && ::clock_settime(CLOCK_REALTIME, &now) == 0;
}

asio::awaitable<void> is_told_each_time(asio::io_context& loop)
{
    int told = 0;
    const vmctl::clock_watch watch(loop.get_executor(), [&told] { ++told; });
    for (int wanted = 1; wanted <= 2; ++wanted) {
        if (!set_clock_to_now()) {
            WARN("skipped: only root may set the clock");
            co_return;
        }
        co_await until([&told, wanted] { return told >= wanted; });
        CHECK(told >= wanted);
    }
}

}  // namespace

TEST_CASE("whoever watches the clock is told each time that it is set")
{
    asio::io_context loop{1};
    test_support::run_loop(loop, is_told_each_time(loop));
}
