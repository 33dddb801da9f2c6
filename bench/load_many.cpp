// Many connections at a time, in one thread.
#include "bench/load.hpp"
#include "bench/sockets.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <limits>
#include <map>
#include <stdexcept>
#include <string_view>

namespace bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view ping =
    "GET /_ping HTTP/1.1\r\nHost: api.moby.localhost\r\n"
    "User-Agent: Docker-Client/28.2.2 (linux)\r\n\r\n";

// Connections of which each waits for an answer that ends with "OK".
class crowd {
public:
    explicit crowd(std::string endpoint)
        : endpoint_(std::move(endpoint)), epoll_(::epoll_create1(EPOLL_CLOEXEC))
    {
    }

    void add()
    {
        auto socket = connect_to(endpoint_);
        const int descriptor = socket.get();
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = descriptor;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
        members_[descriptor] = std::move(socket);
        ask(descriptor);
    }

    void ask(int descriptor) const { send_all(descriptor, ping); }

    void remove(int descriptor) { members_.erase(descriptor); }

    // Calls `answered` for each connection whose answer is there.
    template <class Then>
    void wait(Then answered)
    {
        std::array<epoll_event, 256> events{};
        const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 10000);
        if (count <= 0) throw std::runtime_error("no answer for ten seconds");
        for (int i = 0; i < count; ++i) {
            const int descriptor = events.at(static_cast<std::size_t>(i)).data.fd;
            std::array<char, 4096> answer{};
            const auto size = receive_some(descriptor, answer.data(), answer.size());
            if (size == 0) throw std::runtime_error("a connection ended before its answer");
            if (std::string_view(answer.data(), size).ends_with("OK")) answered(descriptor);
        }
    }

private:
    std::string endpoint_;
    unique_fd epoll_;
    std::map<int, unique_fd> members_;
};

}  // namespace

double ping_rate(const std::string& endpoint, std::size_t connections, seconds length)
{
    crowd all(endpoint);
    for (std::size_t i = 0; i < connections; ++i) all.add();
    // Connecting, and a TLS handshake perhaps, is not what is measured.
    for (std::size_t ready = 0; ready < connections;) {
        all.wait([&](int descriptor) {
            ++ready;
            all.ask(descriptor);
        });
    }
    std::size_t answers = 0;
    const auto begin = clock::now();
    seconds taken{};
    while (taken < length) {
        all.wait([&](int descriptor) {
            ++answers;
            all.ask(descriptor);
        });
        taken = clock::now() - begin;
    }
    return static_cast<double>(answers) / taken.count();
}

double connection_rate(const std::string& endpoint, std::size_t connections, std::size_t parallel)
{
    crowd all(endpoint);
    std::size_t begun = 0;
    std::size_t ended = 0;
    const auto begin = clock::now();
    for (; begun < parallel && begun < connections; ++begun) all.add();
    while (ended < connections) {
        all.wait([&](int descriptor) {
            all.remove(descriptor);
            ++ended;
            if (begun < connections) {
                all.add();
                ++begun;
            }
        });
    }
    const seconds taken = clock::now() - begin;
    return static_cast<double>(connections) / taken.count();
}

void hold_idle(const std::string& endpoint, std::size_t connections)
{
    crowd all(endpoint);
    for (std::size_t i = 0; i < connections; ++i) {
        all.add();
        for (bool waiting = true; waiting;) all.wait([&](int) { waiting = false; });
    }
    std::puts("open");
    std::fflush(stdout);
    std::cin.ignore(std::numeric_limits<std::streamsize>::max());
}

}  // namespace bench
