// Dialling: name resolution, connecting, socket options, TLS.
#include "proxy/dialer.hpp"

#include "proxy/asio_bridge.hpp"
#include "proxy/socket_stream.hpp"
#include "proxy/stream_wait.hpp"
#include "vmctl/gate.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <string>
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

int set(int socket, int level, int name, int value)
{
    return ::setsockopt(socket, level, name, &value, sizeof value);
}

void set_options(int socket)
{
    set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    // First probe after 30 s of silence, dead after six unanswered ones: 90 s in all.
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 6);
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

bool is_writable(int descriptor)
{
    pollfd look{descriptor, POLLOUT, 0};
    return ::poll(&look, 1, 0) == 1;
}

// A socket that is not connected yet.
class open_socket {
public:
    explicit open_socket(int family)
        : descriptor_(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
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

    // 0, or why not, or not yet.
    int connect(const endpoint& to) const
    {
        return ::connect(descriptor_, to.data(), static_cast<socklen_t>(to.size())) == 0 ? 0
                                                                                         : errno;
    }

    int release() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

std::string shortage_of_descriptors()
{
    return boost::system::system_category().message(EMFILE);
}

// What became of a connection that was begun; 0 when it is there.
int outcome_of(int descriptor)
{
    int failure = 0;
    socklen_t size = sizeof failure;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) return errno;
    return failure;
}

// The name the engine's certificate must carry.
std::string server_name(const vmctl::engine_address& address)
{
    if (!address.tls->server_name.empty()) return address.tls->server_name;
    const auto* remote = std::get_if<config::tcp_endpoint>(&address.endpoint);
    return remote != nullptr ? remote->host : "localhost";
}

// While it lives, calling an attempt off breaks this stream.
class connecting {
public:
    connecting(byte_stream*& place, byte_stream& stream) : place_(place) { place_ = &stream; }

    connecting(const connecting&) = delete;
    connecting& operator=(const connecting&) = delete;

    ~connecting() { place_ = nullptr; }

private:
    byte_stream*& place_;
};

}  // namespace

dialer::dialer(asio::any_io_executor executor, std::chrono::steady_clock::duration limit)
    : executor_(std::move(executor)), deadlines_(executor_), limit_(limit)
{
}

void dial_attempt::call_off()
{
    called_off_ = true;
    resolving_.emit(asio::cancellation_type::terminal);
    if (connecting_ != nullptr) connecting_->abort();
}

io_task<std::unique_ptr<byte_stream>> dialer::dial(
    vmctl::engine_address address, application_protocol protocol, dial_attempt& attempt
)
{
    const deadline limit(deadlines_, limit_, [&attempt] { attempt.call_off(); });
    std::string failed;
    try {
        auto stream = co_await connect(address, protocol, attempt);
        if (!limit.has_passed()) co_return std::move(stream);
    } catch (const tls_error& error) {
        failed = error.what();
    } catch (const boost::system::system_error& error) {
        if (attempt.called_off_ && !limit.has_passed()) throw;
        failed = error.code().message();
    }
    if (limit.has_passed() && failed != shortage_of_descriptors()) failed = "no answer in time";
    throw dial_error(
        "cannot connect to the engine at " + config::to_string(address.endpoint) + ": " + failed
    );
}

asio::awaitable<std::unique_ptr<byte_stream>> dialer::dial(
    vmctl::engine_address address, application_protocol protocol
)
{
    dial_attempt attempt;
    auto work = dial(std::move(address), protocol, attempt);
    auto call_off = [&attempt] { attempt.call_off(); };
    co_return co_await to_asio(executor_, std::move(work), call_off);
}

io_task<std::unique_ptr<byte_stream>> dialer::connect(
    const vmctl::engine_address& address, application_protocol protocol, dial_attempt& attempt
)
{
    std::unique_ptr<byte_stream> transport;
    if (const auto* remote = std::get_if<config::tcp_endpoint>(&address.endpoint)) {
        transport = co_await connect_tcp(*remote, attempt);
    } else {
        const auto& path = std::get<config::unix_endpoint>(address.endpoint).path;
        const asio::local::stream_protocol::endpoint local(path.string());
        transport = co_await connect_socket(local, attempt);
    }
    if (!address.tls) co_return std::move(transport);
    auto context = context_for(*address.tls);
    auto name = server_name(address);
    const connecting guard(attempt.connecting_, *transport);
    auto secured =
        co_await connect_tls(std::move(transport), std::move(context), std::move(name), protocol);
    co_return std::move(secured);
}

io_task<std::unique_ptr<byte_stream>> dialer::connect_tcp(
    const config::tcp_endpoint& endpoint, dial_attempt& attempt
)
{
    boost::system::error_code is_name;
    const auto literal = asio::ip::make_address(endpoint.host, is_name);
    std::vector<tcp::endpoint> addresses{{literal, endpoint.port}};
    if (is_name) {
        auto resolving = resolve(endpoint.host, endpoint.port);
        from_asio answer(executor_, std::move(resolving), attempt.resolving_.slot());
        addresses = co_await answer;
    }
    std::exception_ptr failure;
    for (const auto& each : addresses) {
        try {
            auto stream = co_await connect_socket(each, attempt);
            set_options(stream->plain_descriptor());
            co_return std::move(stream);
        } catch (const boost::system::system_error&) {
            failure = std::current_exception();
        }
        if (attempt.called_off_) break;
    }
    std::rethrow_exception(failure);
}

io_task<std::unique_ptr<byte_stream>> dialer::connect_socket(
    const endpoint& to, dial_attempt& attempt
)
{
    if (attempt.called_off_) fail(ECANCELED);
    open_socket socket(to.protocol().family());
    while (socket.shortage()) {
        // Other sessions end and give theirs back.
        co_await pausing(deadlines_, std::chrono::milliseconds(50));
        if (attempt.called_off_) fail(EMFILE);
        socket = open_socket(to.protocol().family());
    }
    int failure = socket.connect(to);
    while (failure == EAGAIN) {
        // A unix socket with a full backlog, which cannot be waited for.
        co_await pausing(deadlines_, std::chrono::milliseconds(5));
        if (attempt.called_off_) fail(ECANCELED);
        failure = socket.connect(to);
    }
    if (failure != 0 && failure != EINPROGRESS) fail(failure);
    const int descriptor = socket.release();
    auto stream = make_socket_stream(executor_, descriptor);
    stream->plain_blocked(readiness::readable);  // nothing was asked yet
    if (failure == EINPROGRESS) {
        // On this machine it is often there already.
        if (!is_writable(descriptor)) {
            const connecting guard(attempt.connecting_, *stream);
            stream->plain_blocked(readiness::writable);
            co_await waiting(*stream, readiness::writable);
        }
        failure = outcome_of(descriptor);
        if (failure != 0) fail(failure);
    }
    co_return std::move(stream);
}

tls_context dialer::context_for(const config::tls_files& files)
{
    std::filesystem::file_time_type newest = std::filesystem::file_time_type::min();
    for (const auto* file : {&files.ca, &files.certificate, &files.key}) {
        std::error_code missing;  // load_tls_context names it
        newest = std::max(newest, std::filesystem::last_write_time(*file, missing));
    }
    if (!loaded_ || loaded_->files != files || loaded_->newest != newest) {
        loaded_ = loaded_context{files, newest, load_tls_context(files)};
    }
    return loaded_->context;
}

}  // namespace proxy
