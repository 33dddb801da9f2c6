// Things that are called off when they take too long. One timer for any number of them, since most
// are taken back at once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <coroutine>
#include <functional>
#include <map>
#include <optional>

namespace proxy {

// Lives on the loop's thread, and longer than every deadline.
class deadlines {
public:
    using clock = std::chrono::steady_clock;

private:
    using queue = std::multimap<clock::time_point, std::function<void()>>;

public:
    explicit deadlines(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    // One of them. Destroying it takes it back.
    class [[nodiscard]] deadline {
    public:
        // Calls `overdue` after `limit`, from the loop.
        deadline(deadlines& all, clock::duration limit, std::function<void()> overdue);
        deadline(const deadline&) = delete;
        deadline& operator=(const deadline&) = delete;
        ~deadline();

        bool has_passed() const { return passed_; }

    private:
        deadlines& all_;
        bool passed_ = false;
        queue::iterator place_;
    };

private:
    void arm();
    void call_overdue();

    boost::asio::steady_timer timer_;
    clock::time_point armed_for_ = clock::time_point::max();
    queue waiting_;
};

using deadline = deadlines::deadline;

// `co_await pausing(all, length)`, in coroutines of the byte path.
class pausing {
public:
    pausing(deadlines& all, deadlines::clock::duration length) : all_(all), length_(length) {}

    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> awaiting)
    {
        end_.emplace(all_, length_, [awaiting] { awaiting.resume(); });
    }

    void await_resume() const noexcept {}

private:
    deadlines& all_;
    deadlines::clock::duration length_;
    std::optional<deadline> end_;
};

}  // namespace proxy
