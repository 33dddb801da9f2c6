// Whether a socket's peer can neither send nor receive any more, for systems where a reactor does
// not tell that apart from the end of what it sends. One source file a kernel.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/socket_stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>

namespace proxy {

// Of one socket. Lives on the loop's thread.
class hangup_watch {
public:
    explicit hangup_watch(boost::asio::any_io_executor executor);
    hangup_watch(const hangup_watch&) = delete;
    hangup_watch& operator=(const hangup_watch&) = delete;
    ~hangup_watch();

    // byte_stream::start_wait() for readiness::hangup. `socket` stays open until the wait has ended
    // or call_off().
    void start(native_socket socket, wait_completion& done, boost::asio::cancellation_slot slot);

    // Ends the wait, if there is one, with operation_aborted; told from the loop.
    void call_off();

private:
    class queue;

    void end(boost::system::error_code failure);

    boost::asio::any_io_executor executor_;
    wait_completion* done_ = nullptr;
    std::unique_ptr<queue> queue_;
};

}  // namespace proxy
