// The plain transport where there is no poller of ours: Asio's own calls, which macOS and Windows
// have in common, and its reactor, or Windows' completions, to wait.
#include "proxy/hangup_watch.hpp"
#include "proxy/keep_alive.hpp"
#include "proxy/socket_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

using stream_socket = asio::generic::stream_protocol::socket;

// EWOULDBLOCK is a number of its own in no system that we run on.
bool would_block(const boost::system::error_code& failure)
{
    return failure == asio::error::would_block;
}

bool interrupted(const boost::system::error_code& failure)
{
    return failure == asio::error::interrupted;
}

[[noreturn]] void fail(const boost::system::error_code& failure, const char* what)
{
    throw boost::system::system_error(failure, what);
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
            boost::system::error_code failure;
            const auto count = socket_.receive(asio::buffer(into), 0, failure);
            if (!failure) return count;
            if (failure == asio::error::eof) return 0;
            if (would_block(failure)) return std::nullopt;
            if (!interrupted(failure)) fail(failure, "read");
        }
    }

    bool write_now(asio::const_buffer& from) override
    {
        while (from.size() > 0) {
            boost::system::error_code failure;
            from += socket_.send(asio::buffer(from), 0, failure);
            if (would_block(failure)) return false;
            if (failure && !interrupted(failure)) fail(failure, "write");
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
            hangup_.start(socket_.native_handle(), done, slot);
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
        // On Windows, closing alone would end a wait with an error of the socket's.
        socket_.cancel(ignored);
        // A no-op on unix sockets, where closing is already as much as can be told.
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

    void keep_alive() noexcept override { proxy::keep_alive(socket_.native_handle()); }

private:
    stream_socket socket_;
    hangup_watch hangup_;
};

}  // namespace

std::unique_ptr<byte_stream> make_socket_stream(
    const asio::any_io_executor& executor, native_socket socket
)
{
    stream_socket taken(executor);
    taken.assign({0, 0}, socket);  // of which family it is matters to who connects
    return make_socket_stream(std::move(taken));
}

std::unique_ptr<byte_stream> make_socket_stream(asio::generic::stream_protocol::socket socket)
{
    return std::make_unique<socket_stream>(std::move(socket));
}

void prepare_socket_streams(const asio::any_io_executor&) {}

}  // namespace proxy
