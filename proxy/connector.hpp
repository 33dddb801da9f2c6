// Connections to the engine, on TCP, a unix socket, or through ssh. How a socket is connected is a
// file each for POSIX and Windows.
#pragma once

#include "config/endpoint.hpp"
#include "proxy/byte_stream.hpp"
#include "proxy/child_process.hpp"
#include "proxy/deadlines.hpp"
#include "proxy/io_task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace proxy {

// The way to the engine's machine fails. what() is what is wrong, on which hop, and what to do.
class hop_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One dialling that can be called off.
class dial_attempt {
public:
    // The dialling fails soon, with operation_aborted.
    void call_off();

    bool called_off() const { return called_off_; }

    // Cancels what Asio does for it: resolving a name; on Windows also connecting.
    boost::asio::cancellation_slot slot() { return waiting_for_asio_.slot(); }

    // While it lives, calling the attempt off breaks this stream.
    class breakable {
    public:
        breakable(dial_attempt& attempt, byte_stream& stream) : attempt_(attempt)
        {
            attempt_.connecting_ = &stream;
        }

        breakable(const breakable&) = delete;
        breakable& operator=(const breakable&) = delete;

        ~breakable() { attempt_.connecting_ = nullptr; }

    private:
        dial_attempt& attempt_;
    };

private:
    bool called_off_ = false;
    byte_stream* connecting_ = nullptr;
    boost::asio::cancellation_signal waiting_for_asio_;
};

// Lives on the loop's thread.
class connector {
public:
    connector(boost::asio::any_io_executor executor, deadlines& all)
        : executor_(std::move(executor)), deadlines_(all), programs_(executor_, all)
    {
    }

    // Tries every address of a name. Waits while there are no descriptors. On TCP: TCP_NODELAY,
    // and keep-alive that notices within two minutes that a silent peer is dead (with data on its
    // way to it, the kernel's retransmissions decide: about 15 minutes). Through ssh: the engine
    // has answered a HEAD /_ping, so that whatever stands in the way shows here, before anything of
    // a client's was sent. Throws boost::system::system_error or hop_error.
    io_task<std::unique_ptr<byte_stream>> connect(
        const config::engine_endpoint& to, dial_attempt& attempt
    );

private:
    io_task<std::unique_ptr<byte_stream>> connect_tcp(
        const config::tcp_endpoint& endpoint, dial_attempt& attempt
    );
    // TCP_NODELAY is set where there is TCP.
    io_task<std::unique_ptr<byte_stream>> connect_socket(
        const boost::asio::generic::stream_protocol::endpoint& to, dial_attempt& attempt
    );

    io_task<std::unique_ptr<byte_stream>> connect_local(
        const config::unix_endpoint& to, dial_attempt& attempt
    );

    io_task<std::unique_ptr<byte_stream>> connect_ssh(
        config::ssh_endpoint endpoint, dial_attempt& attempt
    );
    io_task<std::unique_ptr<child_process>> start_ssh(
        const config::ssh_endpoint& endpoint, const dial_attempt& attempt
    );

    boost::asio::any_io_executor executor_;
    deadlines& deadlines_;
    child_processes programs_;
};

}  // namespace proxy
