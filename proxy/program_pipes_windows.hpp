// byte_stream on two pipes: what a program writes is read here, and what is written here it reads.
// Windows; our ends are overlapped.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/windows/stream_handle.hpp>

#include <memory>

namespace proxy {

// Windows' pipes do not tell that they are ready: each direction has a buffer, from which the
// system reads, or into which it writes, while nobody waits. A hangup is the end of what the
// program writes, once all before it was read.
std::unique_ptr<byte_stream> make_program_stream(
    boost::asio::windows::stream_handle output, boost::asio::windows::stream_handle input
);

}  // namespace proxy
