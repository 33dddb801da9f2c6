// Runs a coroutine of a test to its end on a loop of the test's own.
#pragma once

#include "tests/support/eventually.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

namespace test_support {

// Until `body`, and everything else on the loop, has ended. What `body` throws is thrown; a hang
// throws too, after `limit`.
inline void run_loop(
    boost::asio::io_context& loop,
    boost::asio::awaitable<void> body,
    std::chrono::milliseconds limit = patience
)
{
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(body), [&thrown](std::exception_ptr failure) {
        thrown = std::move(failure);
    });
    loop.run_for(limit);
    if (thrown) std::rethrow_exception(thrown);
    if (!loop.stopped()) throw std::runtime_error("the loop did not come to its end in time");
}

// Lets the loop run until `condition` holds; throws when it does not within the usual patience.
template <class Condition>
boost::asio::awaitable<void> until(Condition condition)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer pause(executor);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= give_up) {
            throw std::runtime_error("what the test waits for did not happen in time");
        }
        pause.expires_after(std::chrono::milliseconds(2));
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
}

}  // namespace test_support
