// Races of coroutines that keep what the first to end threw, which `work || timer` does not.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <utility>

namespace vmctl {

// Gives `work` at most `limit`, and cancels it (terminal) when that is not enough: then throws
// boost::system::system_error with asio::error::timed_out once `work` has ended. T must be
// default-constructible.
template <class T>
boost::asio::awaitable<T> with_deadline(
    std::chrono::steady_clock::duration limit, boost::asio::awaitable<T> work
)
{
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, limit);
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(work), asio::deferred), timer.async_wait(asio::deferred)
    );
    auto [order, failure, value, expiry] = co_await std::move(race).async_wait(
        asio::experimental::wait_for_one(), asio::use_awaitable
    );
    if (order[0] == 1 && !expiry) throw boost::system::system_error(asio::error::timed_out);
    if (failure) std::rethrow_exception(failure);
    co_return std::move(value);
}

// Whether that is what happened.
inline bool timed_out(const boost::system::system_error& error)
{
    return error.code() == boost::asio::error::timed_out;
}

inline boost::asio::awaitable<void> with_deadline(
    std::chrono::steady_clock::duration limit, boost::asio::awaitable<void> work
)
{
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, limit);
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(work), asio::deferred), timer.async_wait(asio::deferred)
    );
    const auto [order, failure, expiry] = co_await std::move(race).async_wait(
        asio::experimental::wait_for_one(), asio::use_awaitable
    );
    if (order[0] == 1 && !expiry) throw boost::system::system_error(asio::error::timed_out);
    if (failure) std::rethrow_exception(failure);
}

// Runs both to their ends. When one throws, the other is cancelled (terminal), and that is what is
// thrown, which `one && other` does not tell apart from what the cancelled one throws.
inline boost::asio::awaitable<void> both(
    boost::asio::awaitable<void> one, boost::asio::awaitable<void> other
)
{
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    auto join = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(one), asio::deferred),
        asio::co_spawn(executor, std::move(other), asio::deferred)
    );
    const auto [order, failure_of_one, failure_of_other] = co_await std::move(join).async_wait(
        asio::experimental::wait_for_one_error(), asio::use_awaitable
    );
    const std::array failures = {failure_of_one, failure_of_other};
    for (const auto ended : order) {
        if (failures[ended]) std::rethrow_exception(failures[ended]);
    }
}

// Runs both until one of them ends, and cancels the other (terminal). Throws what the first threw.
inline boost::asio::awaitable<void> first_to_end(
    boost::asio::awaitable<void> one, boost::asio::awaitable<void> other
)
{
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(one), asio::deferred),
        asio::co_spawn(executor, std::move(other), asio::deferred)
    );
    const auto [order, failure_of_one, failure_of_other] = co_await std::move(race).async_wait(
        asio::experimental::wait_for_one(), asio::use_awaitable
    );
    const auto& failure = order[0] == 0 ? failure_of_one : failure_of_other;
    if (failure) std::rethrow_exception(failure);
}

}  // namespace vmctl
