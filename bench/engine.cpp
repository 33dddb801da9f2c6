// An engine that does nothing but move bytes, as fast as it can, so that what is between it and the
// load shows. It answers:
//   GET  /_ping                    as dockerd does
//   GET  /images/get?bytes=N       N bytes in chunks of 32 KiB, as dockerd writes `docker save`
//   POST /images/load              takes a body of any size
//   POST /containers/x/attach      a hijacked stream that says back what it hears
//   POST /containers/x/logs?bytes=N  a hijacked stream of N bytes
#include "bench/engine_channel.hpp"
#include "bench/sockets.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace bench {
namespace {

constexpr std::string_view pong =
    "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nCache-Control: no-cache, no-store, must-revalidate\r\n"
    "Content-Length: 2\r\nContent-Type: text/plain; charset=utf-8\r\nDocker-Experimental: false\r\n"
    "Ostype: linux\r\nPragma: no-cache\r\nServer: Docker/20.10.24 (linux)\r\n"
    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nOK";
constexpr std::string_view hijacked =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
constexpr std::string_view save =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view loaded = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

constexpr std::size_t chunk_size = std::size_t{32} * 1024;
constexpr std::size_t chunks_a_write = 8;

bool is_ping(std::string_view head)
{
    return head.substr(0, head.find('\r')).find("/_ping") != std::string_view::npos;
}

std::size_t bytes_wanted(std::string_view head)
{
    const auto at = head.find("bytes=");
    if (at == std::string_view::npos) return 0;
    return std::strtoull(head.data() + at + 6, nullptr, 10);
}

void send_chunks(channel& to, std::size_t bytes)
{
    static const std::string one = "8000\r\n" + std::string(chunk_size, 'd') + "\r\n";
    static const std::string many = [] {
        std::string all;
        for (std::size_t i = 0; i < chunks_a_write; ++i) all += one;
        return all;
    }();
    for (std::size_t left = bytes / chunk_size; left > 0;) {
        const auto now = std::min(left, chunks_a_write);
        to.write(std::string_view(many).substr(0, now * one.size()));
        left -= now;
    }
    to.write("0\r\n\r\n");
}

void send_raw(channel& to, std::size_t bytes)
{
    static const std::string block(chunk_size * chunks_a_write, 'd');
    while (bytes > 0) {
        const auto now = std::min(bytes, block.size());
        to.write(std::string_view(block).substr(0, now));
        bytes -= now;
    }
}

// A chunked body ends with these; the load sends nothing behind it.
bool ends_chunked(std::string_view tail)
{
    return tail.ends_with("\r\n0\r\n\r\n");
}

void take_body(channel& from, std::string rest)
{
    std::vector<char> into(chunk_size * chunks_a_write);
    std::string tail = std::move(rest);
    while (!ends_chunked(tail)) {
        const auto count = from.read(into.data(), into.size());
        if (count == 0) return;
        const auto keep = std::min<std::size_t>(count, 16);
        tail.append(into.data() + count - keep, keep);
        tail.erase(0, tail.size() - std::min<std::size_t>(tail.size(), 16));
    }
}

void echo(channel& with, const std::string& first)
{
    with.write(first);
    std::array<char, 65536> piece{};
    for (;;) {
        const auto count = with.read(piece.data(), piece.size());
        if (count == 0) return;
        with.write(std::string_view(piece.data(), count));
    }
}

// False: the connection has no more requests.
bool answer(channel& with, const std::string& head, std::string& rest)
{
    if (is_ping(head)) {
        with.write(pong);
        return true;
    }
    if (head.find("/attach") != std::string::npos) {
        with.write(hijacked);
        echo(with, rest);
        return false;
    }
    if (head.find("/logs") != std::string::npos) {
        with.write(hijacked);
        send_raw(with, bytes_wanted(head));
        return false;
    }
    if (head.find("/images/load") != std::string::npos) {
        take_body(with, std::exchange(rest, {}));
        with.write(loaded);
        return true;
    }
    with.write(save);
    send_chunks(with, bytes_wanted(head));
    return true;
}

void serve(std::unique_ptr<channel> with, std::string rest)
{
    try {
        for (;;) {
            auto end = rest.find("\r\n\r\n");
            while (end == std::string::npos) {
                std::array<char, 4096> piece{};
                const auto count = with->read(piece.data(), piece.size());
                if (count == 0) return;
                rest.append(piece.data(), count);
                end = rest.find("\r\n\r\n");
            }
            const auto head = rest.substr(0, end + 4);
            rest.erase(0, end + 4);
            if (!answer(*with, head, rest)) return;
        }
    } catch (const std::exception&) {
        // The other side broke off; the load will say so.
    }
}

// Pings of all plain connections, in one thread; any other request takes its connection into a
// thread of its own.
class ping_loop {
public:
    explicit ping_loop(const std::vector<unique_fd>& listeners)
        : epoll_(::epoll_create1(EPOLL_CLOEXEC))
    {
        for (const auto& each : listeners) {
            ::fcntl(each.get(), F_SETFL, O_NONBLOCK);
            watch(each.get(), listening);
        }
    }

    [[noreturn]] void run()
    {
        std::array<epoll_event, 256> events{};
        for (;;) {
            const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) {
                const auto what = events.at(static_cast<std::size_t>(i)).data.u64;
                const int descriptor = static_cast<int>(what & 0xffffffff);
                if ((what & listening) != 0) {
                    accept_all(descriptor);
                } else {
                    take(descriptor);
                }
            }
        }
    }

private:
    static constexpr std::uint64_t listening = std::uint64_t{1} << 32;

    void watch(int descriptor, std::uint64_t kind)
    {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = kind | static_cast<std::uint32_t>(descriptor);
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
    }

    void accept_all(int listener)
    {
        for (;;) {
            unique_fd socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
            if (!socket) return;
            no_delay(socket.get());
            const int descriptor = socket.get();
            connections_[descriptor] = std::move(socket);
            watch(descriptor, 0);
        }
    }

    void take(int descriptor)
    {
        std::array<char, 16384> bytes{};
        const auto count = ::recv(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            connections_.erase(descriptor);
            return;
        }
        const std::string_view got(bytes.data(), static_cast<std::size_t>(count));
        if (got.ends_with("\r\n\r\n") && is_ping(got)) {
            ::send(descriptor, pong.data(), pong.size(), MSG_NOSIGNAL);
            return;
        }
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
        auto socket = std::move(connections_[descriptor]);
        connections_.erase(descriptor);
        std::thread(serve, std::make_unique<plain_channel>(std::move(socket)), std::string(got))
            .detach();
    }

    unique_fd epoll_;
    std::map<int, unique_fd> connections_;
};

[[noreturn]] void accept_tls(const unique_fd& listener, const tls_server& server)
{
    for (;;) {
        auto socket = accept_from(listener);
        std::thread(
            [&server](unique_fd accepted) {
                try {
                    serve(server.handshake(std::move(accepted)), {});
                } catch (const std::exception& error) {
                    std::fprintf(stderr, "bench_engine: %s\n", error.what());
                }
            },
            std::move(socket)
        )
            .detach();
    }
}

int run(const std::vector<std::string>& arguments)
{
    if (arguments.size() != 4) {
        std::fputs("usage: bench_engine SOCKET PORT TLS_PORT TLS_DIRECTORY\n", stderr);
        return 2;
    }
    ::signal(SIGPIPE, SIG_IGN);
    pthread_attr_t small{};
    ::pthread_attr_init(&small);
    ::pthread_attr_setstacksize(&small, std::size_t{256} * 1024);
    ::pthread_setattr_default_np(&small);

    const auto port = [&](std::size_t at) {
        return static_cast<std::uint16_t>(std::stoul(arguments.at(at)));
    };
    std::vector<unique_fd> plain;
    plain.push_back(listen_on_path(arguments.at(0)));
    plain.push_back(listen_on_port(port(1)));
    const auto secured = listen_on_port(port(2));
    const tls_server server(arguments.at(3));
    std::thread([&] { accept_tls(secured, server); }).detach();
    std::puts("ready");
    std::fflush(stdout);
    ping_loop(plain).run();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv)
{
    try {
        return bench::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_engine: %s\n", error.what());
        return 1;
    }
}
