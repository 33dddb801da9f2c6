// byte_stream on a connected stream socket: TCP, or unix where there are unix sockets.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <memory>

namespace proxy {

// A descriptor; on Windows a SOCKET.
using native_socket = boost::asio::generic::stream_protocol::socket::native_handle_type;

// Takes the socket, which must be non-blocking, over, even if it throws:
// boost::system::system_error. `executor` is that of an io_context.
std::unique_ptr<byte_stream> make_socket_stream(
    const boost::asio::any_io_executor& executor, native_socket socket
);

// The same for a socket of Asio's, of which nothing is pending. Windows gives one back unwillingly
// once Asio has it, so release() is no way there.
std::unique_ptr<byte_stream> make_socket_stream(boost::asio::generic::stream_protocol::socket socket
);

// Opens what all streams of a loop share, while descriptors are certainly left; the first stream
// would do it.
void prepare_socket_streams(const boost::asio::any_io_executor& executor);

}  // namespace proxy
