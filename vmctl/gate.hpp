// Many coroutines wait, one opens. Once open it stays open.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace vmctl {

// Lives on one thread. Must outlive those who wait at it; hold it by shared_ptr where they may
// outlive its maker.
class gate {
public:
    explicit gate(const boost::asio::any_io_executor& executor)
        : opened_(executor, boost::asio::steady_timer::time_point::max())
    {
    }

    void open()
    {
        open_ = true;
        opened_.cancel();
    }

    bool is_open() const { return open_; }

    // Returns when the gate is open. A waiter that is cancelled (terminal) throws
    // operation_aborted, and nobody else notices.
    boost::asio::awaitable<void> wait()
    {
        while (!open_) {
            boost::system::error_code woken;
            co_await opened_.async_wait(
                boost::asio::redirect_error(boost::asio::use_awaitable, woken)
            );
        }
    }

private:
    // Never expires: cancelling it wakes everybody, as a condition variable would.
    boost::asio::steady_timer opened_;
    bool open_ = false;
};

}  // namespace vmctl
