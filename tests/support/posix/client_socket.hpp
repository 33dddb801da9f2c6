// A client of a session or a server in tests: a unix socket. Windows has a file of the same name
// (tests/windows/support).
#pragma once

#include "config/endpoint.hpp"
#include "proxy/socket_stream.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <memory>

using client_socket = boost::asio::local::stream_protocol::socket;

// Connects it; our end.
inline std::unique_ptr<proxy::byte_stream> served_end_of(client_socket& client)
{
    client_socket inner(client.get_executor());
    boost::asio::local::connect_pair(client, inner);
    inner.native_non_blocking(true);
    return proxy::make_socket_stream(client.get_executor(), inner.release());
}
