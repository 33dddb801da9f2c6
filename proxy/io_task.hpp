// The coroutines of the byte path. Leaner than asio::awaitable: a frame and nothing else, no
// executor, no cancellation; whoever wants one to end breaks the streams that it waits for. What is
// awaited in them is in stream_wait.hpp.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace proxy {

template <class T>
class io_task;

namespace detail {

class io_promise_base {
public:
    std::suspend_always initial_suspend() noexcept { return {}; }

    // Goes on with whoever awaits the task, if they had to suspend for it.
    auto final_suspend() noexcept
    {
        struct resume_awaiting {
            bool await_ready() noexcept { return false; }

            std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept { return next; }

            void await_resume() noexcept {}

            std::coroutine_handle<> next;
        };

        return resume_awaiting{awaiting};
    }

    void unhandled_exception() noexcept { failure = std::current_exception(); }

    std::coroutine_handle<> awaiting = std::noop_coroutine();
    std::exception_ptr failure;
};

template <class T>
class io_promise : public io_promise_base {
public:
    io_task<T> get_return_object() noexcept;

    void return_value(T result) { value_ = std::move(result); }

    T take()
    {
        if (failure) std::rethrow_exception(failure);
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class io_promise<void> : public io_promise_base {
public:
    io_task<void> get_return_object() noexcept;

    void return_void() noexcept {}

    void take() const
    {
        if (failure) std::rethrow_exception(failure);
    }
};

}  // namespace detail

// Begins when it is awaited; is awaited at most once. Lives on the loop's thread. One that is
// suspended must not be destroyed.
template <class T = void>
class [[nodiscard]] io_task {
public:
    using promise_type = detail::io_promise<T>;
    using handle = std::coroutine_handle<promise_type>;

    explicit io_task(handle frame) noexcept : frame_(frame) {}

    io_task(io_task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}

    io_task(const io_task&) = delete;
    io_task& operator=(const io_task&) = delete;
    io_task& operator=(io_task&&) = delete;

    ~io_task()
    {
        if (frame_) frame_.destroy();
    }

    bool await_ready() const noexcept { return false; }

    // Runs the task right here. Not by symmetric transfer: without optimisation g++ turns that into
    // ever deeper calls, and a task that seldom suspends is awaited in long loops.
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept
    {
        frame_.resume();
        if (frame_.done()) return false;
        frame_.promise().awaiting = awaiting;
        return true;
    }

    T await_resume() { return frame_.promise().take(); }

private:
    handle frame_;
};

namespace detail {

template <class T>
io_task<T> io_promise<T>::get_return_object() noexcept
{
    return io_task<T>(std::coroutine_handle<io_promise>::from_promise(*this));
}

inline io_task<void> io_promise<void>::get_return_object() noexcept
{
    return io_task<void>(std::coroutine_handle<io_promise>::from_promise(*this));
}

// Owns itself: begins at once, and is gone when it ends.
struct io_root {
    struct promise_type {
        io_root get_return_object() noexcept { return {}; }

        std::suspend_never initial_suspend() noexcept { return {}; }

        std::suspend_never final_suspend() noexcept { return {}; }

        void return_void() noexcept {}

        [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
    };
};

}  // namespace detail

// Runs `task` now, as far as it goes, and calls `ended(std::exception_ptr)`, which must not throw,
// when it has come to its end: perhaps before this returns. Whatever the task refers to must live
// until then.
template <class Ended>
detail::io_root start(io_task<void> task, Ended ended)
{
    std::exception_ptr failure;
    try {
        co_await task;
    } catch (...) {
        failure = std::current_exception();
    }
    ended(failure);
}

}  // namespace proxy
