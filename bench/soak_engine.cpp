// The engine that bench/soak puts behind gangwayd. What it says can be foretold to the byte, and it
// breaks off where the request tells it to. It answers:
//   GET  /_ping                      as dockerd does
//   GET  /images/get?bytes=N         N bytes in chunks of at most `chunk`
//   POST /images/load                takes a chunked body; says its Adler-32, framing included
//   POST /containers/x/attach        a hijacked stream that says back what it hears
//   POST /containers/x/logs?bytes=N  a hijacked stream of N bytes, ended by the engine
//   anything else                    400, and the connection ends
// and each of them takes
//   die=N&how=end|reset              after N more bytes, both ways together, the connection breaks
//   slow=1                           in small pieces, with pauses
#include "bench/engine_channel.hpp"
#include "bench/frail_channel.hpp"
#include "bench/sockets.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace bench {
namespace {

constexpr std::string_view pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
constexpr std::string_view hijacked =
    "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
constexpr std::string_view chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view loaded = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n";
constexpr std::string_view refused = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

constexpr std::size_t adler_base = 65521;

// What downloads are made of; bench/soak_plans.py makes the same. The period is a prime, so that a
// piece that is lost, or comes twice, shows.
const std::string& pattern()
{
    static const std::string made = [] {
        std::string bytes;
        for (std::uint64_t i = 0; i < adler_base; ++i) {
            bytes += static_cast<char>((i * 2654435761) >> 16 & 0xff);
        }
        return bytes;
    }();
    return made;
}

// Calls `take` for `bytes` bytes of the pattern, in pieces of at most `most`.
void pieces(std::size_t bytes, std::size_t most, const std::function<void(std::string_view)>& take)
{
    static const std::string twice = pattern() + pattern();
    for (std::size_t at = 0; at < bytes;) {
        const auto now = std::min({bytes - at, most, pattern().size()});
        take(std::string_view(twice).substr(at % pattern().size(), now));
        at += now;
    }
}

void send_chunks(frail_channel& to, std::size_t bytes, std::size_t most)
{
    to.write(chunked);
    pieces(bytes, most, [&to](std::string_view piece) {
        std::array<char, 20> size{};
        std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
        to.write(size.data() + std::string(piece) + "\r\n");
    });
    to.write("0\r\n\r\n");
}

class adler_sum {
public:
    void add(std::string_view bytes)
    {
        for (const char each : bytes) {
            low_ = (low_ + static_cast<unsigned char>(each)) % adler_base;
            high_ = (high_ + low_) % adler_base;
        }
    }

    std::string text() const
    {
        std::array<char, 9> digits{};
        std::snprintf(digits.data(), digits.size(), "%08zx", high_ << 16 | low_);
        return digits.data();
    }

private:
    std::size_t low_ = 1;
    std::size_t high_ = 0;
};

// The client sends nothing behind the body, so that its last bytes tell. False: it broke off.
bool take_body(frail_channel& from, std::string tail)
{
    adler_sum sum;
    sum.add(tail);
    std::array<char, 65536> into{};
    while (!tail.ends_with("\r\n0\r\n\r\n")) {
        const auto count = from.read(into.data(), into.size());
        if (count == 0) return false;
        sum.add({into.data(), count});
        tail.append(into.data(), count);
        tail.erase(0, tail.size() - std::min<std::size_t>(tail.size(), 16));
    }
    from.write(std::string(loaded) + sum.text());
    return true;
}

void echo(frail_channel& with, const std::string& first)
{
    with.write(first);
    std::array<char, 65536> piece{};
    for (;;) {
        const auto count = with.read(piece.data(), piece.size());
        if (count == 0) return;
        with.write({piece.data(), count});
    }
}

void take_all(frail_channel& from)
{
    std::array<char, 65536> piece{};
    while (from.read(piece.data(), piece.size()) > 0) {
    }
}

// False: the connection has no more requests. `rest` is what came behind the head.
bool answer(frail_channel& with, std::string_view head, std::string& rest)
{
    const auto target = head.substr(0, head.find('\r'));
    const auto asks_for = [&](std::string_view path) {
        return target.find(path) != std::string_view::npos;
    };
    with.obey(target);
    const auto bytes = number(target, "bytes=", 0);
    if (asks_for("/_ping")) {
        with.write(pong);
        return true;
    }
    if (asks_for("/images/get")) {
        send_chunks(with, bytes, number(target, "chunk=", 32768));
        return true;
    }
    if (asks_for("/images/load")) return take_body(with, std::exchange(rest, {}));
    if (asks_for("/attach")) {
        with.write(hijacked);
        echo(with, rest);
    } else if (asks_for("/logs")) {
        with.write(hijacked);
        pieces(bytes, bytes, [&with](std::string_view piece) { with.write(piece); });
        with.finish();
        take_all(with);
    } else {
        with.write(refused);
    }
    return false;
}

void serve(std::unique_ptr<channel> accepted)
{
    frail_channel with(std::move(accepted));
    std::string rest;
    try {
        for (bool more = true; more;) {
            const auto end = rest.find("\r\n\r\n");
            if (end != std::string::npos) {
                const auto head = rest.substr(0, end + 4);
                rest.erase(0, end + 4);
                more = answer(with, head, rest);
                continue;
            }
            std::array<char, 4096> piece{};
            const auto count = with.read(piece.data(), piece.size());
            if (count == 0) break;
            rest.append(piece.data(), count);
        }
        with.finish();
    } catch (const std::exception&) {
        // Broken off by one side or the other: what half of the connections are for.
    }
}

template <class Open>
[[noreturn]] void accept_all(const unique_fd& listener, Open open)
{
    for (;;) {
        std::thread(
            [open](unique_fd socket) {
                try {
                    serve(open(std::move(socket)));
                } catch (const std::exception&) {
                    // A handshake that broke off.
                }
            },
            accept_from(listener)
        )
            .detach();
    }
}

int run(const std::vector<std::string>& arguments)
{
    if (arguments.size() != 4) {
        std::fputs("usage: soak_engine SOCKET PORT TLS_PORT TLS_DIRECTORY\n", stderr);
        return 2;
    }
    ::signal(SIGPIPE, SIG_IGN);
    const auto port = [&](std::size_t at) {
        return static_cast<std::uint16_t>(std::stoul(arguments.at(at)));
    };
    const auto local = listen_on_path(arguments.at(0));
    const auto plain = listen_on_port(port(1));
    const auto secured = listen_on_port(port(2));
    const tls_server server(arguments.at(3));
    const auto open_plain = [](unique_fd socket) {
        return std::make_unique<plain_channel>(std::move(socket));
    };
    const auto open_tls = [&server](unique_fd socket) {
        return server.handshake(std::move(socket));
    };
    std::thread([&] { accept_all(local, open_plain); }).detach();
    std::thread([&] { accept_all(plain, open_plain); }).detach();
    std::puts("ready");
    std::fflush(stdout);
    accept_all(secured, open_tls);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv)
{
    try {
        return bench::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "soak_engine: %s\n", error.what());
        return 1;
    }
}
