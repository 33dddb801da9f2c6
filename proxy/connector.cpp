// Plain connections: name resolution, connecting, socket options.
#include "proxy/connector.hpp"

#include "proxy/asio_bridge.hpp"
#include "proxy/new_socket.hpp"
#include "proxy/socket_stream.hpp"
#include "proxy/stream_wait.hpp"
#include "vmctl/gate.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace asio = boost::asio;

namespace proxy {
namespace {

using asio::ip::tcp;

using endpoint = asio::generic::stream_protocol::endpoint;

[[noreturn]] void fail(int failure)
{
    throw boost::system::system_error(failure, boost::system::system_category());
}

void send_without_delay(int socket)
{
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

struct resolution {
    explicit resolution(asio::any_io_executor executor) : resolver(executor), ended(executor) {}

    tcp::resolver resolver;
    vmctl::gate ended;
    boost::system::error_code failure;
    std::vector<tcp::endpoint> found;
};

// getaddrinfo cannot be called off and may take a resolver's time-outs: who does not want to wait
// any longer leaves it to end by itself.
asio::awaitable<std::vector<tcp::endpoint>> resolve(std::string host, std::uint16_t port)
{
    const auto executor = co_await asio::this_coro::executor;
    auto running = std::make_shared<resolution>(executor);
    running->resolver.async_resolve(
        host,
        std::to_string(port),
        [running](boost::system::error_code failure, const tcp::resolver::results_type& found) {
            running->failure = failure;
            for (const auto& each : found) running->found.push_back(each.endpoint());
            running->ended.open();
        }
    );
    co_await running->ended.wait();
    if (running->failure) throw boost::system::system_error(running->failure);
    co_return running->found;
}

// A socket that is not connected yet.
class open_socket {
public:
    explicit open_socket(int family) : descriptor_(new_stream_socket(family))
    {
        if (descriptor_ < 0 && errno != EMFILE && errno != ENFILE) fail(errno);
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

void dial_attempt::call_off()
{
    called_off_ = true;
    resolving_.emit(asio::cancellation_type::terminal);
    if (connecting_ != nullptr) connecting_->abort();
}

io_task<std::unique_ptr<byte_stream>> connector::connect(
    const config::engine_endpoint& to, dial_attempt& attempt
)
{
    if (const auto* remote = std::get_if<config::tcp_endpoint>(&to)) {
        auto stream = co_await connect_tcp(*remote, attempt);
        co_return std::move(stream);
    }
    if (const auto* remote = std::get_if<config::ssh_endpoint>(&to)) {
        auto stream = co_await connect_ssh(*remote, attempt);
        co_return std::move(stream);
    }
    const auto& path = std::get<config::unix_endpoint>(to).path;
    const asio::local::stream_protocol::endpoint local(path.string());
    auto stream = co_await connect_socket(local, attempt);
    co_return std::move(stream);
}

io_task<std::unique_ptr<byte_stream>> connector::connect_tcp(
    const config::tcp_endpoint& endpoint, dial_attempt& attempt
)
{
    boost::system::error_code is_name;
    const auto literal = asio::ip::make_address(endpoint.host, is_name);
    std::vector<tcp::endpoint> addresses{{literal, endpoint.port}};
    if (is_name) {
        auto resolving = resolve(endpoint.host, endpoint.port);
        from_asio answer(executor_, std::move(resolving), attempt.slot());
        addresses = co_await answer;
    }
    std::exception_ptr failure;
    for (const auto& each : addresses) {
        try {
            auto stream = co_await connect_socket(each, attempt);
            send_without_delay(stream->plain_descriptor());
            co_return std::move(stream);
        } catch (const boost::system::system_error&) {
            failure = std::current_exception();
        }
        if (attempt.called_off()) break;
    }
    std::rethrow_exception(failure);
}

io_task<std::unique_ptr<byte_stream>> connector::connect_socket(
    const endpoint& to, dial_attempt& attempt
)
{
    if (attempt.called_off()) fail(ECANCELED);
    open_socket socket(to.protocol().family());
    while (socket.shortage()) {
        // Other sessions end and give theirs back.
        co_await pausing(deadlines_, std::chrono::milliseconds(50));
        if (attempt.called_off()) fail(EMFILE);
        socket = open_socket(to.protocol().family());
    }
    int failure = connect_now(socket.descriptor(), to);
    while (failure == EAGAIN) {
        // A unix socket with a full backlog, which cannot be waited for.
        co_await pausing(deadlines_, std::chrono::milliseconds(5));
        if (attempt.called_off()) fail(ECANCELED);
        failure = connect_now(socket.descriptor(), to);
    }
    if (failure != 0 && failure != EINPROGRESS) fail(failure);
    const int descriptor = socket.release();
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
    if (failure != 0) fail(failure);
    co_return std::move(stream);
}

}  // namespace proxy
