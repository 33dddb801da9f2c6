// Blocking work off the loop and back: libvirt calls and disk tools run on a pool, one at a time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace vmctl {

// Returns, on the caller's executor, when `task` has run on `pool`; it must not throw. Cancellation
// does not end the wait. (Not co_spawn on the pool: Asio 1.26 hands a cancellation over to the
// pool's thread, where it may meet an operation that has just ended.)
boost::asio::awaitable<void> run_on(boost::asio::thread_pool& pool, std::function<void()> task);

// Runs `work` on `pool` and gives its result, or what it threw, on the caller's executor. Work that
// has begun is not interrupted by cancellation.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> run_blocking(
    boost::asio::thread_pool& pool, Work work
)
{
    using result = std::invoke_result_t<Work>;
    std::exception_ptr failure;
    std::optional<std::conditional_t<std::is_void_v<result>, std::monostate, result>> value;
    std::function<void()> task = [&] {
        try {
            if constexpr (std::is_void_v<result>) {
                work();
            } else {
                value.emplace(work());
            }
        } catch (...) {
            failure = std::current_exception();
        }
    };
    co_await run_on(pool, std::move(task));
    if (failure) std::rethrow_exception(failure);
    if constexpr (!std::is_void_v<result>) co_return *std::move(value);
}

}  // namespace vmctl
