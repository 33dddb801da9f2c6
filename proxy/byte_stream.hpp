// A connected, ordered stream of bytes whose two directions end separately: a socket, or TLS on
// one. One reader and one writer may be active at a time. Lives on the loop's thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>

#include <cstddef>

namespace proxy {

class byte_stream {
public:
    byte_stream() = default;
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    byte_stream(byte_stream&&) = delete;
    byte_stream& operator=(byte_stream&&) = delete;
    virtual ~byte_stream() = default;

    // Reads at least one byte. 0: the peer has finished writing and every byte of it was read.
    // Throws boost::system::system_error when the connection breaks.
    virtual boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into) = 0;

    // Writes as much of `from` as can be written without waiting, and returns how much; 0 also
    // where the transport cannot tell. Throws like write().
    virtual std::size_t write_now(boost::asio::const_buffer /*from*/) { return 0; }

    // Writes all of `from`, which must stay as it is until then.
    virtual boost::asio::awaitable<void> write(boost::asio::const_buffer from) = 0;

    // Half-close: after all that was written the peer reads the end of the stream, while its own
    // direction goes on. A second call does nothing.
    virtual boost::asio::awaitable<void> finish_writing() = 0;

    // Ends both directions at once. Over TCP the peer sees a reset, so that it cannot mistake the
    // end for a complete stream. Pending operations fail.
    virtual void abort() noexcept = 0;

    // Returns once the peer can neither send nor receive any more (EPOLLHUP); never, where the
    // transport cannot tell. Only while no read is pending.
    virtual boost::asio::awaitable<void> wait_for_hangup() = 0;
};

}  // namespace proxy
