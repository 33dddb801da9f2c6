// byte_stream on a connected stream socket, TCP or unix.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace proxy {

// Takes the descriptor, which must be non-blocking, over, even if it throws:
// boost::system::system_error. `executor` is that of an io_context.
std::unique_ptr<byte_stream> make_socket_stream(
    const boost::asio::any_io_executor& executor, int descriptor
);

// Opens what all streams of a loop share, while descriptors are certainly left; the first stream
// would do it.
void prepare_socket_streams(const boost::asio::any_io_executor& executor);

}  // namespace proxy
