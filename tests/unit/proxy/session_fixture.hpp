// One session between two ends that the test holds: the client's, a unix socket's or a pipe's, and
// that of an engine.
#pragma once

#include "proxy/dialer.hpp"
#include "proxy/session.hpp"
#include "tests/support/run_loop.hpp"
#include "vmctl/engine.hpp"
#include "vmctl/gate.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <client_socket.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;

using engine_peer = asio::ip::tcp::socket;

inline const char* word_for(vmctl::activity kind)
{
    switch (kind) {
        case vmctl::activity::passive:
            return "passive ";
        case vmctl::activity::watching:
            return "watching ";
        case vmctl::activity::active:
            break;
    }
    return "active ";
}

// Counts who asks, and can be told to make them wait or to refuse them, and to sleep until the next
// asks.
class test_engine final : public vmctl::engine {
public:
    explicit test_engine(asio::any_io_executor executor) : door(std::move(executor))
    {
        door.open();
    }

    asio::awaitable<vmctl::lease> acquire(vmctl::requester who, vmctl::activity kind) override
    {
        asked.push_back(word_for(kind) + who.request);
        sleeping = false;
        ++waiting;

        struct leave {
            int& count;

            ~leave() { --count; }
        };

        const leave at_end{waiting};
        co_await door.wait();
        if (!refusal.empty()) throw vmctl::engine_unavailable(refusal);
        ++leases;
        co_return vmctl::lease(address, [this] { --leases; });
    }

    bool sleeps() const override { return sleeping; }

    std::string advice() const override { return "try again"; }

    asio::awaitable<bool> has_gone(vmctl::engine_address tried) override
    {
        if (!successor) co_return false;
        gone.push_back(std::move(tried));
        address.endpoint = *successor;
        co_return true;
    }

    vmctl::engine_address address;
    // Set: the engine has died, and this is where the next lease leads.
    std::optional<config::engine_endpoint> successor;
    std::vector<vmctl::engine_address> gone;
    std::string refusal;
    bool sleeping = false;
    vmctl::gate door;
    std::vector<std::string> asked;
    int waiting = 0;
    int leases = 0;
};

template <class Socket>
asio::awaitable<void> send(Socket& socket, std::string text)
{
    co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
}

// Exactly `count` bytes.
template <class Socket>
asio::awaitable<std::string> receive(Socket& socket, std::size_t count)
{
    std::string text(count, '\0');
    co_await asio::async_read(socket, asio::buffer(text), asio::use_awaitable);
    co_return text;
}

// What one recv() brings; empty: end of stream.
template <class Socket>
asio::awaitable<std::string> receive_some(Socket& socket)
{
    std::string text(65536, '\0');
    boost::system::error_code ec;
    const auto count = co_await socket.async_read_some(
        asio::buffer(text), asio::redirect_error(asio::use_awaitable, ec)
    );
    if (ec && ec != asio::error::eof) throw boost::system::system_error(ec);
    text.resize(count);
    co_return text;
}

// An answer of ours, whose body is one line of JSON.
inline asio::awaitable<std::string> receive_refusal(client_socket& client)
{
    std::string reply;
    while (reply.find("}\n") == std::string::npos) {
        const auto some = co_await receive_some(client);
        reply += some;
    }
    co_return reply;
}

// Everything up to the end of stream.
template <class Socket>
asio::awaitable<std::string> receive_all(Socket& socket)
{
    std::string all;
    for (;;) {
        const auto some = co_await receive_some(socket);
        if (some.empty()) co_return all;
        all += some;
    }
}

template <class Socket>
void finish(Socket& socket)
{
    socket.shutdown(Socket::shutdown_send);
}

class session_fixture {
public:
    explicit session_fixture(proxy::session_limits given = {})
        : limits(given),
          tools(loop.get_executor()),
          acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0}),
          engine(loop.get_executor()),
          dialer(loop.get_executor()),
          client(loop)
    {
        engine.address.endpoint =
            config::tcp_endpoint{"127.0.0.1", acceptor.local_endpoint().port()};
        proxy::client_connection connection{served_end_of(client), {1000, 42, "docker"}};
        session.emplace(tools, std::move(connection), engine, dialer, limits);
    }

    // Runs the session beside `script`, until both have ended.
    void run(asio::awaitable<void> script)
    {
        session->start([this](const std::exception_ptr& thrown) {
            broke = thrown != nullptr;
            ended = true;
            session.reset();  // closes both connections
        });
        test_support::run_loop(loop, std::move(script));
    }

    asio::awaitable<engine_peer> accept()
    {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        ++dialled;
        co_return socket;
    }

    // Whether somebody has connected whom nobody has accepted.
    bool somebody_dials()
    {
        boost::system::error_code ec;
        acceptor.non_blocking(true);
        engine_peer socket(loop);
        acceptor.accept(socket, ec);
        return !ec;
    }

    asio::io_context loop{1};
    proxy::session_limits limits;
    proxy::loop_tools tools;
    asio::ip::tcp::acceptor acceptor;
    test_engine engine;
    proxy::dialer dialer;
    client_socket client;
    std::optional<proxy::session> session;
    int dialled = 0;
    bool ended = false;
    bool broke = false;
};
