// Blocking work off the loop and back: libvirt calls and disk tools run on a pool, one at a time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

namespace vmctl {

// Runs `work` on `pool` and gives its result, or what it threw, on the caller's executor. Work that
// has begun is not interrupted by cancellation.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> run_blocking(
    boost::asio::thread_pool& pool, Work work
)
{
    auto body =
        [work = std::move(work)]() mutable -> boost::asio::awaitable<std::invoke_result_t<Work>> {
        co_return work();
    };
    co_return co_await boost::asio::co_spawn(pool, std::move(body), boost::asio::use_awaitable);
}

}  // namespace vmctl
