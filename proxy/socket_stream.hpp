// byte_stream on a connected stream socket, TCP or unix.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

#include <memory>

namespace proxy {

using stream_socket = boost::asio::generic::stream_protocol::socket;

std::unique_ptr<byte_stream> make_socket_stream(stream_socket socket);

}  // namespace proxy
