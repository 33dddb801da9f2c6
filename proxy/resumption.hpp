// One coroutine of the byte path waits here until another part of its session wakes it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <coroutine>
#include <utility>

namespace proxy {

// `co_await resumption`, by one coroutine at a time. Lives on the loop's thread.
class resumption {
public:
    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> awaiting) noexcept { awaiting_ = awaiting; }

    void await_resume() const noexcept {}

    // From the loop, since whoever wakes is in the middle of something. Nobody waits: nothing.
    void wake(const boost::asio::any_io_executor& executor)
    {
        const auto awaiting = std::exchange(awaiting_, nullptr);
        if (awaiting) boost::asio::post(executor, [awaiting] { awaiting.resume(); });
    }

private:
    std::coroutine_handle<> awaiting_;
};

}  // namespace proxy
