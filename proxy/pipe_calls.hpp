// Single calls about one end of a named pipe (Windows); but for the last they do not wait.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <optional>

namespace proxy {

// What the last call of this thread failed with.
boost::system::error_code last_error();

// Whether that tells of a peer that is gone. Which of Windows' errors comes depends on how far it
// has got with its going.
bool means_gone(const boost::system::error_code& failure);

// Reads what is there. Nothing: no byte is, though a zero-length message may be. 0: one that has
// bytes behind it.
std::optional<std::size_t> read_at_once(
    void* pipe, boost::asio::mutable_buffer into, boost::system::error_code& failure
);

// Whether the peer has closed its end, be there bytes of it to read or not.
bool peer_has_closed(void* pipe);

// Writes a message without bytes, which the peer may have to make room for. This one does wait, and
// is for another thread than the loop's. False: the peer is gone, or memory is short.
bool write_zero_length_message(void* pipe) noexcept;

}  // namespace proxy
