// Things that are called off when they take too long. Most of them are taken back at once: one
// timer serves any number, and is not set for those that are gone before the loop has turned once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <coroutine>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace proxy {

// Lives on the loop's thread, and longer than every deadline.
class deadlines {
public:
    using clock = std::chrono::steady_clock;

private:
    using queue = std::multimap<clock::time_point, std::function<void()>>;

public:
    explicit deadlines(boost::asio::any_io_executor executor)
        : executor_(std::move(executor)), timer_(executor_)
    {
    }

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
    void arm_soon();
    void arm();
    void call_overdue();

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    clock::time_point armed_for_ = clock::time_point::max();
    bool arming_ = false;  // arm() will be called
    queue waiting_;
    // What was posted may come after our end.
    std::shared_ptr<deadlines*> self_ = std::make_shared<deadlines*>(this);
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
