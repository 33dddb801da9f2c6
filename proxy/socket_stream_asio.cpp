// The plain transport where there is no poller of ours: system calls, and Asio's reactor to wait.
#include "proxy/hangup_watch.hpp"
#include "proxy/keep_alive.hpp"
#include "proxy/socket_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

using stream_socket = asio::generic::stream_protocol::socket;

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(errno, boost::system::system_category(), what);
}

bool would_block()
{
    return errno == EAGAIN;  // the same number as EWOULDBLOCK wherever we run
}

// Asio's handler: two words, so that it stays inside the operation.
struct wait_handler {
    using cancellation_slot_type = asio::cancellation_slot;

    cancellation_slot_type get_cancellation_slot() const noexcept { return slot; }

    void operator()(boost::system::error_code failure) const { done->complete(failure); }

    wait_completion* done;
    asio::cancellation_slot slot;
};

class socket_stream final : public byte_stream {
public:
    explicit socket_stream(stream_socket socket)
        : socket_(std::move(socket)), hangup_(socket_.get_executor())
    {
        socket_.non_blocking(true);
    }

    std::optional<std::size_t> read_now(asio::mutable_buffer into) override
    {
        for (;;) {
            const auto count = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
            if (count >= 0) return static_cast<std::size_t>(count);
            if (would_block()) return std::nullopt;
            if (errno != EINTR) fail("read");
        }
    }

    bool write_now(asio::const_buffer& from) override
    {
        while (from.size() > 0) {
            const auto count =
                ::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL);
            if (count >= 0) {
                from += static_cast<std::size_t>(count);
            } else if (would_block()) {
                return false;
            } else if (errno != EINTR) {
                fail("write");
            }
        }
        return true;
    }

    bool finish_now() override
    {
        // Fails only when the peer is already gone, and then its reader needs no end of stream.
        boost::system::error_code ignored;
        socket_.shutdown(stream_socket::shutdown_send, ignored);
        return true;
    }

    void start_wait(readiness what, wait_completion& done, asio::cancellation_slot slot) override
    {
        if (!socket_.is_open()) {
            asio::post(socket_.get_executor(), [&done] {
                done.complete(asio::error::operation_aborted);
            });
            return;
        }
        if (what == readiness::hangup) {
            hangup_.start(plain_descriptor(), done, slot);
            return;
        }
        const bool readable = what == readiness::readable;
        socket_.async_wait(
            readable ? stream_socket::wait_read : stream_socket::wait_write,
            wait_handler{&done, slot}
        );
    }

    void abort() noexcept override
    {
        hangup_.call_off();
        boost::system::error_code ignored;
        // A no-op on unix sockets, where closing is already as much as can be told.
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

    int plain_descriptor() const noexcept override
    {
        return const_cast<stream_socket&>(socket_).native_handle();
    }

    void keep_alive() noexcept override { proxy::keep_alive(plain_descriptor()); }

private:
    stream_socket socket_;
    hangup_watch hangup_;
};

}  // namespace

std::unique_ptr<byte_stream> make_socket_stream(
    const asio::any_io_executor& executor, int descriptor
)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    stream_socket socket(executor);
    socket.assign({address.ss_family, 0}, descriptor);
    return std::make_unique<socket_stream>(std::move(socket));
}

void prepare_socket_streams(const asio::any_io_executor&) {}

}  // namespace proxy
