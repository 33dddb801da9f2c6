// Coroutines with an owner: what one component has started and must see end before it goes away.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <string>

namespace vmctl {

// Whether `failure` only says that the work was cancelled. That is no error and is never logged.
bool is_cancellation(const std::exception_ptr& failure);

// What `failure` says, for a log or a user.
std::string message_of(const std::exception_ptr& failure);

// Lives on one thread: every member is called on the executor's thread. wait() must have returned
// before the group is destroyed.
class task_group {
public:
    explicit task_group(boost::asio::any_io_executor executor);
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    ~task_group();

    // Runs `task` until it ends. `failed` is called, at most once, with what it threw, unless that
    // was cancellation. The task is out of the group before `failed` is called.
    void spawn(boost::asio::awaitable<void> task, std::function<void(std::exception_ptr)> failed);

    // Asks every task that runs now to end. Tasks spawned later are not affected.
    void cancel();

    // Returns when no task is left. Any number of callers may wait.
    boost::asio::awaitable<void> wait();

    std::size_t size() const { return children_.size(); }

private:
    boost::asio::any_io_executor executor_;
    std::list<boost::asio::cancellation_signal> children_;
    // Never expires: cancelling it wakes whoever waits, as a condition variable would.
    boost::asio::steady_timer emptied_;
};

}  // namespace vmctl
