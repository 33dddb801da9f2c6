// A connected, ordered stream of bytes whose two directions end separately: a socket, or TLS on
// one. What can be done at once is done by a call; what cannot is waited for without holding a
// buffer, so that an idle connection costs next to nothing. One reader and one writer may be active
// at a time. Lives on the loop's thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <optional>

namespace proxy {

// Told once that a wait is over; may destroy itself then.
class wait_completion {
public:
    virtual void complete(boost::system::error_code failure) = 0;

protected:
    wait_completion() = default;
    wait_completion(const wait_completion&) = default;
    wait_completion& operator=(const wait_completion&) = default;
    wait_completion(wait_completion&&) = default;
    wait_completion& operator=(wait_completion&&) = default;
    ~wait_completion() = default;
};

enum class readiness {
    readable,  // after read_now() found nothing
    writable,  // after write_now() or finish_now() could not do all
    hangup     // the peer can neither send nor receive any more (EPOLLHUP)
};

class byte_stream {
public:
    byte_stream() = default;
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    byte_stream(byte_stream&&) = delete;
    byte_stream& operator=(byte_stream&&) = delete;
    virtual ~byte_stream() = default;

    // Reads what is there. Nothing: no byte has come yet. 0: the peer has finished writing and
    // every byte of it was read. Throws boost::system::system_error when the connection breaks.
    virtual std::optional<std::size_t> read_now(boost::asio::mutable_buffer into) = 0;

    // Writes as much of `from` as can be written at once and takes that off it. True: all of it has
    // left; else call again with the rest, be it empty, once the stream is writable. Throws like
    // read_now().
    virtual bool write_now(boost::asio::const_buffer& from) = 0;

    // Half-close: after all that was written the peer reads the end of the stream, while its own
    // direction goes on. False: it has not left yet; call write_now() with nothing when writable.
    // A second call does nothing. Throws like read_now().
    virtual bool finish_now() = 0;

    // Calls `done` once that is so, never before this returns; or with operation_aborted, after
    // abort() or by `slot`, or when the stream is destroyed. One wait of each kind at a time; for a
    // hangup only while no wait for bytes is pending.
    virtual void start_wait(
        readiness what, wait_completion& done, boost::asio::cancellation_slot slot
    ) = 0;

    // Ends both directions at once. Over TCP the peer sees a reset, so that it cannot mistake the
    // end for a complete stream. Pending waits fail.
    virtual void abort() noexcept = 0;

    // The descriptor behind it, when what is read and written there is what is read and written
    // here; -1 when it is not (TLS).
    virtual int plain_descriptor() const noexcept { return -1; }

    // Whoever used that descriptor would have had to wait.
    virtual void plain_blocked(readiness /*what*/) noexcept {}

    // The bytes have no framing from now on: what the transport has for the end of a direction
    // alone, and others use for nothing (a zero-length message on a pipe), ends the input.
    virtual void hijacked() noexcept {}

    // From now on a peer that is gone without a word breaks the connection, in the end.
    virtual void keep_alive() noexcept {}

    // The same for Asio's coroutines. They may be cancelled (terminal).
    boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into);
    boost::asio::awaitable<void> write(boost::asio::const_buffer from);
    boost::asio::awaitable<void> finish_writing();
    boost::asio::awaitable<void> wait_for_hangup();
};

}  // namespace proxy
