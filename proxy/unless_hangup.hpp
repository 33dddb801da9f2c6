// Work that makes no sense any more once the client is gone.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace proxy {

// The result of `work`, or what it threw. When `client` hangs up first, `work` is cancelled and
// connection_aborted is thrown. T must be default-constructible.
template <class T>
boost::asio::awaitable<T> unless_hangup(byte_stream& client, boost::asio::awaitable<T> work)
{
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(work), asio::deferred),
        asio::co_spawn(executor, client.wait_for_hangup(), asio::deferred)
    );
    auto [order, failure, value, watch_failure] = co_await std::move(race).async_wait(
        asio::experimental::wait_for_one(), asio::use_awaitable
    );
    if (order[0] == 1) throw boost::system::system_error(asio::error::connection_aborted);
    if (failure) std::rethrow_exception(failure);
    co_return std::move(value);
}

inline boost::asio::awaitable<void> unless_hangup(
    byte_stream& client, boost::asio::awaitable<void> work
)
{
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(work), asio::deferred),
        asio::co_spawn(executor, client.wait_for_hangup(), asio::deferred)
    );
    const auto [order, failure, watch_failure] = co_await std::move(race).async_wait(
        asio::experimental::wait_for_one(), asio::use_awaitable
    );
    if (order[0] == 1) throw boost::system::system_error(asio::error::connection_aborted);
    if (failure) std::rethrow_exception(failure);
}

}  // namespace proxy
