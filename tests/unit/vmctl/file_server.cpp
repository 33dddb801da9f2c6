// Blocking sockets; one connection after the other.
#include "tests/unit/vmctl/file_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace vmctl_test {

namespace {

constexpr int poll_interval = 20;  // milliseconds

sockaddr_in loopback()
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool is_readable(int descriptor)
{
    pollfd waiting = {descriptor, POLLIN, 0};
    return poll(&waiting, 1, poll_interval) > 0;
}

void send_all(int client, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

}  // namespace

file_server::file_server(std::string content)
    : content_(std::move(content)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    auto address = loopback();
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_.get(), plain, size) != 0 || listen(listener_.get(), 8) != 0 ||
        getsockname(listener_.get(), plain, &size) != 0)
        throw std::runtime_error("no port for the test's server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

file_server::~file_server()
{
    over_ = true;
    thread_.join();
}

std::string file_server::url(const std::string& path) const
{
    return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<std::string> file_server::requests() const
{
    const std::lock_guard hold(guard_);
    return requests_;
}

void file_server::serve()
{
    while (!over_) {
        if (!is_readable(listener_.get())) continue;
        const test_support::unique_fd client(
            accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)
        );
        answer(client.get());
    }
}

void file_server::answer(int client)
{
    std::string request;
    std::array<char, 4096> chunk = {};
    while (request.find("\r\n\r\n") == std::string::npos) {
        const auto got = recv(client, chunk.data(), chunk.size(), 0);
        if (got <= 0) return;
        request.append(chunk.data(), static_cast<std::size_t>(got));
    }
    {
        const std::lock_guard hold(guard_);
        requests_.push_back(request);
    }
    std::size_t from = 0;
    send_all(client, head_of(request, from));
    if (from == std::string::npos) return;
    send_all(client, std::string_view(content_).substr(from).substr(0, longest_));
    while (stalls_ && !over_ && !is_readable(client)) continue;
}

// `from`: where the content begins that follows; npos: none does.
std::string file_server::head_of(const std::string& request, std::size_t& from) const
{
    constexpr std::string_view range = "Range: bytes=";
    from = std::string::npos;
    if (request.starts_with("GET /elsewhere/"))
        return "HTTP/1.1 302 Found\r\nLocation: " + url() + "\r\nContent-Length: 0\r\n\r\n";
    if (!request.starts_with("GET /file ")) {
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    }
    const auto at = request.find(range);
    if (at == std::string::npos || !ranges_) {
        from = 0;
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content_.size()) +
               "\r\nConnection: close\r\n\r\n";
    }
    const auto begin = std::stoull(request.substr(at + range.size()));
    if (begin >= content_.size())
        return "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n";
    from = begin;
    return "HTTP/1.1 206 Partial Content\r\nContent-Length: " +
           std::to_string(content_.size() - begin) + "\r\nContent-Range: bytes " +
           std::to_string(begin) + "-" + std::to_string(content_.size() - 1) + "/" +
           std::to_string(content_.size()) + "\r\nConnection: close\r\n\r\n";
}

}  // namespace vmctl_test
