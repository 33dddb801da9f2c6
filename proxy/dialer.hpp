// Connects to the engine: TCP, unix socket or ssh, with mutual TLS where the address asks for it.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/connector.hpp"
#include "proxy/deadlines.hpp"
#include "proxy/io_task.hpp"
#include "proxy/tls_stream.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

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

// Not the engine's fault; what() also says what to do.
class out_of_descriptors : public dial_error {
    using dial_error::dial_error;
};

class dialer {
public:
    explicit dialer(
        boost::asio::any_io_executor executor,
        std::chrono::steady_clock::duration limit = std::chrono::seconds(10)
    );

    // Connected, and through the TLS handshake, within the time limit (ssh: three times as long).
    // Only TLS can tell the engine the protocol. Throws dial_error, or operation_aborted when it
    // was called off.
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
    io_task<std::unique_ptr<byte_stream>> connect_secured(
        const vmctl::engine_address& address,
        const tls_context& context,
        application_protocol protocol,
        dial_attempt& attempt
    );

    boost::asio::any_io_executor executor_;
    deadlines deadlines_;
    connector connector_;
    std::chrono::steady_clock::duration limit_;
    std::optional<loaded_context> loaded_;
};

}  // namespace proxy
