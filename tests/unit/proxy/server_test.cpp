// Accepting, losing the engine, stopping.
#include "proxy/server.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/proxy/session_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iomanip>
#include <sstream>
#include <string>

using namespace std::chrono_literals;
using test_support::run_loop;
using test_support::test_directory;
using test_support::until;

namespace {

struct server_fixture {
    server_fixture()
        : acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0}),
          engine(loop.get_executor()),
          dialer(loop.get_executor())
    {
        engine.address.endpoint =
            config::tcp_endpoint{"127.0.0.1", acceptor.local_endpoint().port()};
        std::vector<std::unique_ptr<proxy::listener>> listeners;
        listeners.push_back(proxy::listen_on(loop.get_executor(), {path}, ""));
        server.emplace(loop.get_executor(), std::move(listeners), engine, dialer);
        server->start([](const std::string& why) { FAIL_CHECK(why); });
    }

    client_socket connect()
    {
        client_socket client(loop);
        client.connect(path.string());
        return client;
    }

    test_directory directory;
    std::filesystem::path path = directory / "docker.sock";
    asio::io_context loop{1};
    asio::ip::tcp::acceptor acceptor;
    test_engine engine;
    proxy::dialer dialer;
    std::optional<proxy::server> server;
};

// Whether the kernel has its keep-alive timer set (2 in the column "tr", linux/net/ipv4/tcp_ipv4.c)
// for the connection from this port of 127.0.0.1.
bool is_probed(std::uint16_t port)
{
    std::ostringstream address;
    address << "0100007F:" << std::uppercase << std::hex << std::setw(4) << std::setfill('0')
            << port;
    std::ifstream table("/proc/self/net/tcp");
    std::string line;
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string number, local, remote, state, queues, timer;
        fields >> number >> local >> remote >> state >> queues >> timer;
        if (local == address.str()) return timer.starts_with("02:");
    }
    return false;
}

const std::string events = "GET /events HTTP/1.1\r\n\r\n";

}  // namespace

TEST_CASE("a lost engine ends those who use it, and spares those who wait for it")
{
    server_fixture one;
    run_loop(one.loop, [](server_fixture& f) -> asio::awaitable<void> {
        auto user = f.connect();
        co_await send(user, events);
        auto engine = co_await f.acceptor.async_accept(asio::use_awaitable);
        co_await receive_some(engine);
        f.engine.door = vmctl::gate(f.loop.get_executor());
        auto waiter = f.connect();
        co_await send(waiter, events);
        co_await until([&] { return f.engine.waiting == 1; });

        f.server->engine_lost();
        const auto end = co_await receive_all(user);
        CHECK(end.empty());
        co_await until([&] { return f.server->session_count() == 1; });

        f.engine.door.open();
        auto again = co_await f.acceptor.async_accept(asio::use_awaitable);
        const auto request = co_await receive_some(again);
        CHECK(request == events);
        co_await f.server->stop(0s);
        CHECK(f.server->session_count() == 0);
    }(one));
}

TEST_CASE("a connection to the engine that lasts is probed, one that is new is not yet")
{
    server_fixture one;
    run_loop(one.loop, [](server_fixture& f) -> asio::awaitable<void> {
        auto user = f.connect();
        co_await send(user, events);
        auto engine = co_await f.acceptor.async_accept(asio::use_awaitable);
        co_await receive_some(engine);
        const auto port = engine.remote_endpoint().port();
        CHECK_FALSE(is_probed(port));
        co_await until([&] { return is_probed(port); });

        co_await f.server->stop(0s);
    }(one));
}

TEST_CASE("an engine that is about to go loses its idle clients only")
{
    server_fixture one;
    run_loop(one.loop, [](server_fixture& f) -> asio::awaitable<void> {
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        auto idle = f.connect();
        co_await send(idle, events);
        auto its_engine = co_await f.acceptor.async_accept(asio::use_awaitable);
        co_await receive_some(its_engine);
        co_await send(its_engine, answer);
        co_await receive(idle, answer.size());
        auto busy = f.connect();
        co_await send(busy, events);
        auto engine = co_await f.acceptor.async_accept(asio::use_awaitable);
        co_await receive_some(engine);

        f.server->engine_leaves();
        const auto end = co_await receive_all(idle);
        CHECK(end.empty());
        co_await send(engine, answer);
        const auto got = co_await receive(busy, answer.size());
        CHECK(got == answer);
        co_await f.server->stop(0s);
    }(one));
}

TEST_CASE("stopping closes idle clients at once and lets requests in flight finish")
{
    server_fixture one;
    run_loop(one.loop, [](server_fixture& f) -> asio::awaitable<void> {
        auto idle = f.connect();
        auto busy = f.connect();
        co_await send(busy, events);
        auto engine = co_await f.acceptor.async_accept(asio::use_awaitable);
        co_await receive_some(engine);
        co_await until([&] { return f.server->session_count() == 2; });

        bool stopped = false;
        asio::co_spawn(f.loop, f.server->stop(20s), [&](std::exception_ptr) { stopped = true; });
        const auto end = co_await receive_all(idle);
        CHECK(end.empty());
        CHECK_FALSE(std::filesystem::exists(f.path));
        CHECK_FALSE(stopped);
        const std::string answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}";
        co_await send(engine, answer);
        engine.close();
        const auto got = co_await receive_all(busy);
        CHECK(got == answer);
        busy.close();
        co_await until([&] { return stopped; });
    }(one));
}
