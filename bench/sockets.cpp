// POSIX calls with exceptions.
#include "bench/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace bench {
namespace {

constexpr int backlog = 4096;

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

unique_fd open_socket(int family)
{
    unique_fd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) fail("socket");
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

sockaddr_un at_path(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error(path + " is too long");
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

template <class Address>
const sockaddr* generic(const Address& address)
{
    return reinterpret_cast<const sockaddr*>(&address);
}

template <class Address>
void listen_at(const unique_fd& socket, const Address& address, const std::string& shown)
{
    if (::bind(socket.get(), generic(address), sizeof address) != 0) fail("bind " + shown);
    if (::listen(socket.get(), backlog) != 0) fail("listen " + shown);
}

}  // namespace

unique_fd listen_on_port(std::uint16_t port)
{
    auto socket = open_socket(AF_INET);
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    listen_at(socket, loopback(port), std::to_string(port));
    return socket;
}

unique_fd listen_on_path(const std::string& path)
{
    auto socket = open_socket(AF_UNIX);
    listen_at(socket, at_path(path), path);
    return socket;
}

unique_fd connect_to(const std::string& address)
{
    const auto colon = address.find(':');
    const auto rest = address.substr(colon + 1);
    if (address.starts_with("unix:")) {
        auto socket = open_socket(AF_UNIX);
        const auto path = at_path(rest);
        if (::connect(socket.get(), generic(path), sizeof path) != 0) fail("connect " + address);
        return socket;
    }
    if (!address.starts_with("tcp:")) throw std::runtime_error("unix:PATH or tcp:PORT, please");
    auto socket = open_socket(AF_INET);
    const auto port = loopback(static_cast<std::uint16_t>(std::stoul(rest)));
    if (::connect(socket.get(), generic(port), sizeof port) != 0) fail("connect " + address);
    no_delay(socket.get());
    return socket;
}

void no_delay(int socket)
{
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

unique_fd accept_from(const unique_fd& listener)
{
    for (;;) {
        unique_fd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (socket) {
            no_delay(socket.get());
            return socket;
        }
        if (errno != EINTR && errno != ECONNABORTED) fail("accept");
    }
}

void send_all(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void finish_sending(int socket)
{
    ::shutdown(socket, SHUT_WR);
}

void reset_when_closed(int socket)
{
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::size_t receive_some(int socket, char* into, std::size_t size)
{
    const auto count = ::recv(socket, into, size, 0);
    if (count < 0) fail("recv");
    return static_cast<std::size_t>(count);
}

}  // namespace bench
