// byte_stream over mutual TLS. Ours rather than Asio's, because asio::ssl::stream cannot
// half-close: its shutdown waits for the peer's close_notify and spoils what is still to be read,
// while a hijacked stream needs exactly that: our direction ended (RFC 8446 section 6.1), the
// engine's going on.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/io_task.hpp"
#include "proxy/tls_context.hpp"

#include <memory>
#include <string>

namespace proxy {

// The connection ended in the middle of the stream: cut, or forged by somebody in between. Never a
// clean end, and no verdict on anybody's certificate.
class tls_truncated : public tls_error {
    using tls_error::tls_error;
};

// What the client speaks, for the engine to know in the handshake (ALPN, RFC 7301).
enum class application_protocol {
    http_1_1,
    // HTTP/2 by prior knowledge (RFC 9113 section 3.3). An engine that knows no HTTP/2 may still
    // choose HTTP/1.1, and then answers the preface as it does on a plain socket.
    http_2,
};

// Handshakes as client over `transport`, with a context of load_tls_context(). `server_name`: the
// DNS name or IP address that the engine's certificate must carry. An engine that does not know
// ALPN is as good as any other. Throws tls_error or boost::system::system_error.
//
// Since TLS 1.3 lets a client finish before its certificate was looked at, the engine's refusal
// arrives as a tls_error from the first read. An end of the connection without close_notify is
// thrown as tls_truncated.
io_task<std::unique_ptr<byte_stream>> connect_tls(
    std::unique_ptr<byte_stream> transport,
    tls_context context,
    std::string server_name,
    application_protocol protocol
);

}  // namespace proxy
