// What coroutines of the byte path await: a stream's readiness.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/io_task.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/system_error.hpp>

#include <coroutine>

namespace proxy {

// `co_await waiting(stream, readiness::readable)`. Throws boost::system::system_error with
// operation_aborted after stream.abort().
class waiting final : wait_completion {
public:
    waiting(byte_stream& stream, readiness what) : stream_(stream), what_(what) {}

    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> awaiting)
    {
        awaiting_ = awaiting;
        stream_.start_wait(what_, *this, boost::asio::cancellation_slot());
    }

    void await_resume() const
    {
        if (failure_) throw boost::system::system_error(failure_);
    }

private:
    void complete(boost::system::error_code failure) override
    {
        failure_ = failure;
        awaiting_.resume();
    }

    byte_stream& stream_;
    readiness what_;
    std::coroutine_handle<> awaiting_;
    boost::system::error_code failure_;
};

// What write_now() or finish_now() has left over.
inline io_task<> write_rest(byte_stream& stream, boost::asio::const_buffer rest)
{
    bool all = false;
    while (!all) {
        co_await waiting(stream, readiness::writable);
        all = stream.write_now(rest);
    }
}

}  // namespace proxy
