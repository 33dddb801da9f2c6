// By plain sockets, and busybox's wget.
#include "tests/e2e/host_ports.hpp"

#include "tests/support/process.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace e2e {
namespace {

sockaddr_in on_loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

sockaddr* as_any(sockaddr_in& address)
{
    return reinterpret_cast<sockaddr*>(&address);
}

}  // namespace

held_port::held_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    auto address = on_loopback(0);
    socklen_t size = sizeof address;
    const bool held = ::bind(socket_.get(), as_any(address), size) == 0 &&
                      ::listen(socket_.get(), 1) == 0 &&
                      ::getsockname(socket_.get(), as_any(address), &size) == 0;
    if (!held) throw std::runtime_error("no port can be had");
    number_ = std::to_string(ntohs(address.sin_port));
}

std::string free_port()
{
    return held_port().number();
}

bool is_open(const std::string& port)
{
    const test_support::unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = on_loopback(std::stoi(port));
    return ::connect(socket.get(), as_any(address), sizeof address) == 0;
}

std::string outer_address()
{
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(all, &::freeifaddrs);
    for (const auto* each = all; each != nullptr; each = each->ifa_next) {
        const bool inner = (each->ifa_flags & IFF_LOOPBACK) != 0;
        if (inner || each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
        std::array<char, INET_ADDRSTRLEN> text;
        const auto& address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr;
        return ::inet_ntop(AF_INET, &address, text.data(), text.size());
    }
    return {};
}

bool has_ipv6_loopback()
{
    const test_support::unique_fd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

int two_free_ports()
{
    for (int attempt = 0; attempt < 100; ++attempt) {
        const int first = std::stoi(free_port());
        if (!is_open(std::to_string(first + 1))) return first;
    }
    throw std::runtime_error("no two ports that follow each other can be had");
}

std::string page_at(const std::string& port, const std::string& address)
{
    const auto url = "http://" + address + ":" + port + "/";
    return test_support::run({.arguments = {"/bin/busybox", "wget", "-q", "-O", "-", url}}).out;
}

std::string echo_of(const std::string& text, const std::string& port)
{
    const test_support::unique_fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const timeval second{1, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    auto to = on_loopback(std::stoi(port));
    ::sendto(socket.get(), text.data(), text.size(), 0, as_any(to), sizeof to);
    std::string heard(100, '\0');
    const auto count = ::recv(socket.get(), heard.data(), heard.size(), 0);
    heard.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return heard;
}

}  // namespace e2e
