// Connecting with connect(2), on a socket that our own poller watches from its first moment on.
#include "proxy/connector.hpp"
#include "proxy/new_socket.hpp"
#include "proxy/socket_stream.hpp"
#include "proxy/stream_wait.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

using endpoint = asio::generic::stream_protocol::endpoint;

[[noreturn]] void fail(const boost::system::error_code& failure)
{
    throw boost::system::system_error(failure);
}

[[noreturn]] void fail_by(int number)
{
    fail({number, boost::system::system_category()});
}

void send_without_delay(int socket)
{
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

// A socket that is not connected yet.
class open_socket {
public:
    explicit open_socket(int family) : descriptor_(new_stream_socket(family))
    {
        if (descriptor_ < 0 && errno != EMFILE && errno != ENFILE) fail_by(errno);
    }

    open_socket(const open_socket&) = delete;
    open_socket& operator=(const open_socket&) = delete;
    open_socket(open_socket&&) = delete;

    open_socket& operator=(open_socket&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    ~open_socket()
    {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    // There is none, for want of descriptors.
    bool shortage() const { return descriptor_ < 0; }

    int descriptor() const { return descriptor_; }

    int release() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

// 0, or why not, or not yet: once it was begun the same call tells what has become of it
// (connect(2)).
int connect_now(int descriptor, const endpoint& to)
{
    const auto size = static_cast<socklen_t>(to.size());
    if (::connect(descriptor, to.data(), size) == 0 || errno == EISCONN) return 0;
    return errno;
}

}  // namespace

io_task<std::unique_ptr<byte_stream>> connector::connect_local(
    const config::unix_endpoint& to, dial_attempt& attempt
)
{
    const asio::local::stream_protocol::endpoint path(to.path.string());
    auto stream = co_await connect_socket(path, attempt);
    co_return std::move(stream);
}

io_task<std::unique_ptr<byte_stream>> connector::connect_socket(
    const endpoint& to, dial_attempt& attempt
)
{
    if (attempt.called_off()) fail(asio::error::operation_aborted);
    open_socket socket(to.protocol().family());
    while (socket.shortage()) {
        // Other sessions end and give theirs back.
        co_await pausing(deadlines_, std::chrono::milliseconds(50));
        if (attempt.called_off()) fail(asio::error::no_descriptors);
        socket = open_socket(to.protocol().family());
    }
    int failure = connect_now(socket.descriptor(), to);
    while (failure == EAGAIN) {
        // A unix socket with a full backlog, which cannot be waited for.
        co_await pausing(deadlines_, std::chrono::milliseconds(5));
        if (attempt.called_off()) fail(asio::error::operation_aborted);
        failure = connect_now(socket.descriptor(), to);
    }
    if (failure != 0 && failure != EINPROGRESS) fail_by(failure);
    const int descriptor = socket.release();
    if (to.protocol().family() != AF_UNIX) send_without_delay(descriptor);
    auto stream = make_socket_stream(executor_, descriptor);
    stream->plain_blocked(readiness::readable);  // nothing was asked yet
    // On this machine it is often there already.
    if (failure == EINPROGRESS) failure = connect_now(descriptor, to);
    if (failure == EALREADY) {
        const dial_attempt::breakable guard(attempt, *stream);
        stream->plain_blocked(readiness::writable);
        co_await waiting(*stream, readiness::writable);
        failure = connect_now(descriptor, to);
    }
    if (failure != 0) fail_by(failure);
    co_return std::move(stream);
}

}  // namespace proxy
