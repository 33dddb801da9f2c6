// The book of published ports, beside an engine that the test plays, and a guest whose every port
// leads to one of this host.
#pragma once

#include "played_engine.hpp"
#include "proxy/published_ports.hpp"
#include "tests/support/run_loop.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace published {

using namespace proxy;

inline bool can_connect(asio::io_context& loop, std::uint16_t port)
{
    tcp::socket socket(loop);
    boost::system::error_code failed;
    socket.connect(loopback(port), failed);
    return !failed;
}

// Nobody listens there, and no system gives it to who asks for any (Linux from 32768 on, Windows
// from 49152 on), so that it stays free.
inline std::uint16_t free_port(asio::io_context& loop)
{
    std::random_device seed;
    std::uniform_int_distribution<std::uint16_t> ports(20000, 32000);
    for (int tries = 0; tries < 100; ++tries) {
        const auto port = ports(seed);
        tcp::acceptor probe(loop, tcp::v4());
        boost::system::error_code taken;
        probe.bind(loopback(port), taken);
        if (!taken) return port;
    }
    throw std::runtime_error("no free port of 127.0.0.1");
}

// Every port of the guest leads to the same one here, if it is not said to lead elsewhere.
class played_guest final : public vmctl::port_forwarding {
public:
    asio::awaitable<std::uint16_t> forward(vmctl::guest_port port) override
    {
        if (!failure.empty()) {
            ++refused;
            throw std::runtime_error(failure);
        }
        forwarded.push_back(std::move(port));
        const auto other = leads_to.find(forwarded.back().port);
        co_return other == leads_to.end() ? target : other->second;
    }

    asio::awaitable<void> end_forward(vmctl::guest_port port) override
    {
        ended.push_back(std::move(port));
        co_return;
    }

    std::uint16_t target = 0;
    std::map<std::uint16_t, std::uint16_t> leads_to;
    std::string failure;  // of every forward
    int refused = 0;
    std::vector<vmctl::guest_port> forwarded;
    std::vector<vmctl::guest_port> ended;
};

class ready_engine final : public vmctl::engine {
public:
    std::optional<vmctl::lease> acquire_now(vmctl::activity) override
    {
        ++leases;
        return vmctl::lease(vmctl::engine_address(), [this] { --leases; });
    }

    asio::awaitable<vmctl::lease> acquire(vmctl::requester who, vmctl::activity kind) override
    {
        asked_by.push_back(who.request);
        if (!failure.empty()) throw vmctl::engine_unavailable(failure);
        co_return *acquire_now(kind);
    }

    int leases = 0;
    std::vector<std::string> asked_by;  // what had to wait
    std::string failure;                // of each that had to wait
};

struct scene {
    scene()
        : engine(loop),
          service(loop, loopback(0)),
          dialer(loop.get_executor()),
          ports(loop.get_executor(), state, dialer, guest),
          watch(loop.get_executor(), dialer)
    {
        watch.add(ports);
        guest.target = service.local_endpoint().port();
        port = free_port(loop);
    }

    // With the engine followed, and everything ended in the end.
    void run(asio::awaitable<void> (*script)(scene&))
    {
        test_support::run_loop(loop, play(script), std::chrono::seconds(60));
    }

    asio::awaitable<void> play(asio::awaitable<void> (*script)(scene&))
    {
        engine_comes();
        co_await until([this] { return engine.followers() == 1 && engine.is_known(); });
        std::exception_ptr failure;
        try {
            co_await script(*this);
        } catch (...) {
            failure = std::current_exception();
        }
        co_await watch.stop();
        co_await ports.stop();
        engine.leave();
        service.close();
        if (failure) std::rethrow_exception(failure);
    }

    void engine_comes()
    {
        ports.engine_ready(engine.address());
        watch.engine_ready(engine.address());
    }

    void engine_goes()
    {
        watch.engine_gone();
        ports.engine_lost();
    }

    // As the session does for a client.
    asio::awaitable<void> start(std::string id)
    {
        auto one = co_await ports.admit(id);
        REQUIRE(one);
        engine.has(id, true, port);
        co_await one->settle();
    }

    // What the engine has told before is known then.
    asio::awaitable<void> look_at_another()
    {
        const std::string look = "GET /containers/another/json";
        const auto looks = std::ranges::count(engine.asked, look);
        engine.tell("another");
        co_await until([&] { return std::ranges::count(engine.asked, look) > looks; });
    }

    asio::awaitable<std::string> refusal_of(std::string id)
    {
        try {
            const auto one = co_await ports.admit(id);
        } catch (const start_refused& refused) {
            co_return refused.what();
        }
        co_return "";
    }

    bool is_open() { return can_connect(loop, port); }

    asio::io_context loop{1};
    played_engine engine;
    tcp::acceptor service;
    played_guest guest;
    ready_engine state;
    proxy::dialer dialer;
    published_ports ports;
    engine_watch watch;
    std::uint16_t port = 0;
    bool variant = true;  // for a script, which cannot capture
};

inline const std::string inspection = "GET /containers/web/json";

}  // namespace published
