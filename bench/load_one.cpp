// One thing at a time: latencies and bulk.
#include "bench/load.hpp"
#include "bench/sockets.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view ping =
    "GET /_ping HTTP/1.1\r\nHost: api.moby.localhost\r\n"
    "User-Agent: Docker-Client/28.2.2 (linux)\r\n\r\n";
constexpr std::size_t chunk_size = std::size_t{32} * 1024;

void exchange_ping(int socket)
{
    std::array<char, 4096> answer{};
    send_all(socket, ping);
    std::size_t got = 0;
    while (!std::string_view(answer.data(), got).ends_with("\r\n\r\nOK")) {
        const auto count = receive_some(socket, answer.data() + got, answer.size() - got);
        if (count == 0) throw std::runtime_error("the connection ended before the answer");
        got += count;
    }
}

// Returns what came behind the head.
std::string skip_head(int socket)
{
    std::string got;
    for (;;) {
        std::array<char, 4096> piece{};
        const auto count = receive_some(socket, piece.data(), piece.size());
        if (count == 0) throw std::runtime_error("the connection ended before the answer");
        got.append(piece.data(), count);
        if (const auto end = got.find("\r\n\r\n"); end != std::string::npos) {
            return got.substr(end + 4);
        }
    }
}

unique_fd hijack(const std::string& endpoint, std::string_view target)
{
    auto socket = connect_to(endpoint);
    send_all(
        socket.get(),
        "POST /containers/x/" + std::string(target) +
            " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
            "Content-Length: 0\r\n\r\n"
    );
    return socket;
}

template <class Work>
latencies timed(std::size_t count, Work work)
{
    latencies times;
    times.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto begin = clock::now();
        work();
        times.push_back(clock::now() - begin);
    }
    std::sort(times.begin(), times.end());
    return times;
}

void expect(std::size_t bytes, std::size_t wanted)
{
    if (bytes == wanted) return;
    throw std::runtime_error(
        std::to_string(bytes) + " bytes came instead of " + std::to_string(wanted)
    );
}

}  // namespace

latencies ping_on_one_connection(const std::string& endpoint, std::size_t count)
{
    const auto socket = connect_to(endpoint);
    return timed(count, [&] { exchange_ping(socket.get()); });
}

latencies ping_on_new_connections(const std::string& endpoint, std::size_t count)
{
    return timed(count, [&] {
        const auto socket = connect_to(endpoint);
        exchange_ping(socket.get());
    });
}

latencies echo_on_hijacked_stream(const std::string& endpoint, std::size_t count)
{
    const auto socket = hijack(endpoint, "attach");
    skip_head(socket.get());
    return timed(count, [&] {
        char byte = 'x';
        send_all(socket.get(), {&byte, 1});
        expect(receive_some(socket.get(), &byte, 1), 1);
    });
}

seconds download_chunked(const std::string& endpoint, std::size_t bytes)
{
    std::vector<char> into(8 * chunk_size);
    const auto socket = connect_to(endpoint);
    const auto begin = clock::now();
    send_all(
        socket.get(),
        "GET /images/get?bytes=" + std::to_string(bytes) + " HTTP/1.1\r\nHost: docker\r\n\r\n"
    );
    // Some relays cut the body into other chunks: its end is known by its last bytes.
    auto tail = skip_head(socket.get());
    auto got = tail.size();
    while (!tail.ends_with("\r\n0\r\n\r\n")) {
        const auto count = receive_some(socket.get(), into.data(), into.size());
        if (count == 0) throw std::runtime_error("the connection ended before the body");
        got += count;
        const auto keep = std::min<std::size_t>(count, 8);
        tail.append(into.data() + count - keep, keep);
        tail.erase(0, tail.size() - std::min<std::size_t>(tail.size(), 8));
    }
    const seconds taken = clock::now() - begin;
    if (got < bytes) throw std::runtime_error("bytes are missing");
    return taken;
}

seconds download_hijacked(const std::string& endpoint, std::size_t bytes)
{
    std::vector<char> into(8 * chunk_size);
    const auto begin = clock::now();
    const auto socket = hijack(endpoint, "logs?bytes=" + std::to_string(bytes));
    auto got = skip_head(socket.get()).size();
    for (;;) {
        const auto count = receive_some(socket.get(), into.data(), into.size());
        if (count == 0) break;
        got += count;
    }
    const seconds taken = clock::now() - begin;
    expect(got, bytes);
    return taken;
}

seconds upload_chunked(const std::string& endpoint, std::size_t bytes)
{
    static const std::string chunk = "8000\r\n" + std::string(chunk_size, 'u') + "\r\n";
    const auto socket = connect_to(endpoint);
    const auto begin = clock::now();
    send_all(
        socket.get(),
        "POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    );
    for (std::size_t sent = 0; sent < bytes; sent += chunk_size) send_all(socket.get(), chunk);
    send_all(socket.get(), "0\r\n\r\n");
    skip_head(socket.get());
    return clock::now() - begin;
}

}  // namespace bench
