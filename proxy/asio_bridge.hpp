// Between the coroutines of the byte path and Asio's, for what is slow anyway.
#pragma once

#include "proxy/io_task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace proxy {

// `co_await from_asio(executor, work, slot)`: the result of `work`, or what it threw. `slot`
// cancels it.
template <class T>
class from_asio {
public:
    from_asio(
        boost::asio::any_io_executor executor,
        boost::asio::awaitable<T> work,
        boost::asio::cancellation_slot slot
    )
        : executor_(std::move(executor)), work_(std::move(work)), slot_(slot)
    {
    }

    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> awaiting)
    {
        auto ended = [this, awaiting](std::exception_ptr failure, T result) {
            failure_ = std::move(failure);
            result_ = std::move(result);
            awaiting.resume();
        };
        boost::asio::co_spawn(
            executor_,
            std::move(work_),
            boost::asio::bind_cancellation_slot(slot_, std::move(ended))
        );
    }

    T await_resume()
    {
        if (failure_) std::rethrow_exception(failure_);
        return std::move(*result_);
    }

private:
    boost::asio::any_io_executor executor_;
    boost::asio::awaitable<T> work_;
    boost::asio::cancellation_slot slot_;
    std::exception_ptr failure_;
    std::optional<T> result_;
};

template <class T>
io_task<> store_result(io_task<T> work, std::optional<T>& result)
{
    result = co_await work;
}

// The other way round: the result of `work`, or what it threw. Cancelling calls `call_off`, which
// has to make it end.
template <class T, class CallOff>
boost::asio::awaitable<T> to_asio(
    boost::asio::any_io_executor executor, io_task<T> work, CallOff call_off
)
{
    namespace asio = boost::asio;
    std::optional<T> result;
    auto storing = store_result(std::move(work), result);
    auto initiate = [&executor, &storing, &call_off](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) slot.assign([&call_off](asio::cancellation_type) { call_off(); });
        start(
            std::move(storing),
            // Posted: a handler must not be called by the function that it was given to.
            [executor, handler = std::move(handler)](std::exception_ptr failure) mutable {
                asio::post(executor, [handler = std::move(handler), failure]() mutable {
                    auto connected = asio::get_associated_cancellation_slot(handler);
                    connected.clear();
                    std::move(handler)(failure);
                });
            }
        );
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        std::move(initiate), asio::use_awaitable
    );
    co_return std::move(*result);
}

}  // namespace proxy
