// A client that speaks bytes over a non-blocking socket and poll().
#include "tests/support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace test_support {
namespace {

using steady = std::chrono::steady_clock;

std::system_error last_error(const std::string& what)
{
    return {errno, std::generic_category(), what};
}

unique_fd make_socket(int family)
{
    unique_fd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) throw last_error("socket");
    return socket;
}

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

sockaddr_un unix_address(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto& name = path.native();
    if (name.size() >= sizeof address.sun_path) {
        throw std::length_error("too long for a socket: " + name);
    }
    name.copy(address.sun_path, name.size());
    return address;
}

template <class Address>
const sockaddr* generic(const Address& address)
{
    return reinterpret_cast<const sockaddr*>(&address);
}

template <class Address>
unique_fd connected(int family, const Address& address, const std::string& what)
{
    auto socket = make_socket(family);
    if (::connect(socket.get(), generic(address), sizeof address) != 0) throw last_error(what);
    return socket;
}

int milliseconds_until(steady::time_point when)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - steady::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace

raw_client::raw_client(unique_fd socket) : socket_(std::move(socket)) {}

raw_client raw_client::to_socket(const std::filesystem::path& path)
{
    return raw_client(connected(AF_UNIX, unix_address(path), path.string()));
}

raw_client raw_client::to_port(std::uint16_t port)
{
    return raw_client(connected(AF_INET, loopback(port), "port " + std::to_string(port)));
}

bool raw_client::write(std::string_view bytes, std::chrono::milliseconds limit)
{
    const auto give_up = steady::now() + limit;
    while (!bytes.empty()) {
        const auto count =
            ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) return false;
        if (errno != EAGAIN) throw last_error("send");
        const auto wanted = ended_ ? POLLOUT : POLLOUT | POLLIN;
        pollfd ready{socket_.get(), static_cast<short>(wanted), 0};
        if (::poll(&ready, 1, milliseconds_until(give_up)) == 0) {
            throw std::runtime_error("the other side takes no more bytes");
        }
        if ((ready.revents & POLLIN) != 0) receive_some(std::chrono::milliseconds(0));
    }
    return true;
}

void raw_client::finish_sending()
{
    ::shutdown(socket_.get(), SHUT_WR);
}

void raw_client::reset()
{
    reset_at_close(socket_);
    socket_.reset();
}

bool raw_client::receive_some(std::chrono::milliseconds limit)
{
    if (ended_) return true;
    pollfd readable{socket_.get(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(limit.count())) <= 0) return false;
    std::array<char, 65536> buffer;
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
        received_.append(buffer.data(), static_cast<std::size_t>(count));
        return true;
    }
    if (count < 0 && errno == EAGAIN) return false;
    reset_ = count < 0;
    ended_ = true;
    return true;
}

raw_listener::raw_listener(const std::filesystem::path& path) : socket_(make_socket(AF_UNIX))
{
    const auto address = unix_address(path);
    if (::bind(socket_.get(), generic(address), sizeof address) != 0 ||
        ::listen(socket_.get(), SOMAXCONN) != 0) {
        throw last_error(path.string());
    }
}

raw_listener::raw_listener() : socket_(make_socket(AF_INET))
{
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(socket_.get(), generic(address), size) != 0 ||
        ::listen(socket_.get(), SOMAXCONN) != 0 ||
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw last_error("no free port");
    }
    port_ = ntohs(address.sin_port);
}

raw_client raw_listener::accept(std::chrono::milliseconds limit)
{
    return raw_client(accept_socket(limit));
}

unique_fd raw_listener::accept_socket(std::chrono::milliseconds limit)
{
    pollfd readable{socket_.get(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(limit.count())) <= 0) {
        throw std::runtime_error("nobody connects");
    }
    unique_fd accepted(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!accepted) throw last_error("accept");
    return accepted;
}

bool raw_listener::has_pending() const
{
    pollfd readable{socket_.get(), POLLIN, 0};
    return ::poll(&readable, 1, 0) > 0;
}

void reset_at_close(const unique_fd& socket)
{
    const linger at_once{1, 0};
    // Has no meaning, and no effect, on unix sockets.
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::uint16_t free_tcp_port()
{
    const auto socket = make_socket(AF_INET);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(socket.get(), generic(address), size) != 0 ||
        ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw last_error("no free port");
    }
    return ntohs(address.sin_port);
}

}  // namespace test_support
