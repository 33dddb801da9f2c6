// Connects to the engine: TCP or unix socket, with mutual TLS where the address asks for it.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/deadlines.hpp"
#include "proxy/io_task.hpp"
#include "proxy/tls_stream.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace proxy {

// No connection. what() is a sentence that names the address and the reason.
class dial_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One dialling that can be called off.
class dial_attempt {
public:
    // The dialling fails soon, with operation_aborted.
    void call_off();

private:
    friend class dialer;

    bool called_off_ = false;
    byte_stream* connecting_ = nullptr;
    boost::asio::cancellation_signal resolving_;
};

class dialer {
public:
    explicit dialer(
        boost::asio::any_io_executor executor,
        std::chrono::steady_clock::duration limit = std::chrono::seconds(10)
    );

    // Connected, and through the TLS handshake, within the time limit. On TCP: TCP_NODELAY, and
    // keep-alive that notices within two minutes that a silent peer is dead (with data on its way
    // to it, the kernel's retransmissions decide: about 15 minutes). Only TLS can tell the engine
    // the protocol. Throws dial_error, or operation_aborted when it was called off.
    io_task<std::unique_ptr<byte_stream>> dial(
        vmctl::engine_address address, application_protocol protocol, dial_attempt& attempt
    );

    // The same for Asio's coroutines; may be cancelled (terminal).
    boost::asio::awaitable<std::unique_ptr<byte_stream>> dial(
        vmctl::engine_address address,
        application_protocol protocol = application_protocol::http_1_1
    );

private:
    // Certificates are loaded again when one of their files has changed.
    struct loaded_context {
        config::tls_files files;
        std::filesystem::file_time_type newest;
        tls_context context;
    };

    tls_context context_for(const config::tls_files& files);
    io_task<std::unique_ptr<byte_stream>> connect(
        const vmctl::engine_address& address, application_protocol protocol, dial_attempt& attempt
    );
    io_task<std::unique_ptr<byte_stream>> connect_tcp(
        const config::tcp_endpoint& endpoint, dial_attempt& attempt
    );
    io_task<std::unique_ptr<byte_stream>> connect_socket(
        const boost::asio::generic::stream_protocol::endpoint& to, dial_attempt& attempt
    );

    boost::asio::any_io_executor executor_;
    deadlines deadlines_;
    std::chrono::steady_clock::duration limit_;
    std::optional<loaded_context> loaded_;
};

}  // namespace proxy
