// One direction between two streams, as bytes without meaning.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/io_task.hpp"
#include "proxy/loop_tools.hpp"
#include "proxy/splice.hpp"

#include <cstdint>

namespace proxy {

// Moves what `from` brings to `to` until it ends, and passes that on; adds its bytes to `moved`,
// which must outlive it. Throws boost::system::system_error when either breaks.
io_task<> relay(loop_tools& tools, byte_stream& from, byte_stream& to, std::uint64_t& moved);

// Empties the pipe into `to`, whose bytes are those of its descriptor; adds them to `moved`, which
// must outlive it. Throws like relay().
io_task<> drain(splice_pipe& pipe, byte_stream& to, std::uint64_t& moved);

}  // namespace proxy
