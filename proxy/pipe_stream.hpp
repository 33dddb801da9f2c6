// byte_stream on one end of a named pipe (Windows). The pipe is of message type and read as bytes,
// as moby's is (daemon/listeners/listeners_windows.go): a zero-length message is the end of a
// direction, as in go-winio's CloseWrite.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace proxy {

// How a direction ends that we have written all of.
enum class pipe_end {
    // The peer may be one that takes a zero-length message for nothing (libuv, .NET, Java): once it
    // has read everything the pipe is closed, and with it the other direction.
    server,
    // A zero-length message alone; the other direction goes on.
    client
};

// Takes the overlapped HANDLE of a connected pipe over, even if it throws:
// boost::system::system_error. It must not be in use with a completion port. `executor` is that of
// an io_context, which the stream must not outlive.
std::unique_ptr<byte_stream> make_pipe_stream(
    const boost::asio::any_io_executor& executor, void* pipe, pipe_end end
);

}  // namespace proxy
