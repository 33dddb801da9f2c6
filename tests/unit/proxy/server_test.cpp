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
    explicit server_fixture(bool remembers = false)
        : acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0}),
          engine(loop.get_executor()),
          dialer(loop.get_executor())
    {
        engine.address.endpoint =
            config::tcp_endpoint{"127.0.0.1", acceptor.local_endpoint().port()};
        std::vector<std::unique_ptr<proxy::listener>> listeners;
        listeners.push_back(proxy::listen_on(loop.get_executor(), config::unix_endpoint{path}, ""));
        server.emplace(loop.get_executor(), std::move(listeners), engine, dialer);
        if (remembers) server->remember_answers();
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

// 127.0.0.1 and this port, as the kernel's table of connections has it.
std::string in_the_table(std::uint16_t port)
{
    std::ostringstream address;
    address << "0100007F:" << std::uppercase << std::hex << std::setw(4) << std::setfill('0')
            << port;
    return address.str();
}

// Whether the kernel has its keep-alive timer set (2 in the column "tr", linux/net/ipv4/tcp_ipv4.c)
// for the connection between these ports of 127.0.0.1. Either alone may have others.
bool is_probed(std::uint16_t from, std::uint16_t to)
{
    std::ifstream table("/proc/self/net/tcp");
    std::string line;
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string number, local, remote, state, queues, timer;
        fields >> number >> local >> remote >> state >> queues >> timer;
        if (local == in_the_table(from) && remote == in_the_table(to)) {
            return timer.starts_with("02:");
        }
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
        const auto from = engine.remote_endpoint().port();
        const auto to = engine.local_endpoint().port();
        CHECK_FALSE(is_probed(from, to));
        co_await until([&] { return is_probed(from, to); });

        co_await f.server->stop(0s);
    }(one));
}

namespace {

const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const std::string info = "GET /info HTTP/1.1\r\nHost: d\r\n\r\n";

// Gives the engine's end of a connection that is kept after one answer.
asio::awaitable<engine_peer> answer_one(server_fixture& f, client_socket& user)
{
    co_await send(user, info);
    auto engine = co_await f.acceptor.async_accept(asio::use_awaitable);
    co_await receive(engine, info.size());
    co_await send(engine, answer);
    co_await receive(user, answer.size());
    co_return engine;
}

}  // namespace

TEST_CASE("an engine that leaves takes the idle connections to it along, and no client")
{
    server_fixture one;
    run_loop(one.loop, [](server_fixture& f) -> asio::awaitable<void> {
        auto idle = f.connect();
        auto its_engine = co_await answer_one(f, idle);
        auto busy = f.connect();
        co_await send(busy, info);
        auto engine = co_await f.acceptor.async_accept(asio::use_awaitable);
        co_await receive(engine, info.size());

        f.server->engine_leaves();
        boost::system::error_code end;
        char byte = 0;
        co_await its_engine.async_read_some(
            asio::buffer(&byte, 1), asio::redirect_error(asio::use_awaitable, end)
        );
        CHECK(end);
        co_await send(engine, answer);
        const auto got = co_await receive(busy, answer.size());
        CHECK(got == answer);
        CHECK(f.server->session_count() == 2);

        auto again = co_await answer_one(f, idle);
        co_await f.server->stop(0s);
    }(one));
}

TEST_CASE("when the engine is gone what waits for an answer breaks, and idle clients stay")
{
    const bool saved = GENERATE(true, false);
    server_fixture one;
    run_loop(one.loop, [](server_fixture& f, bool is_saved) -> asio::awaitable<void> {
        auto idle = f.connect();
        auto its_engine = co_await answer_one(f, idle);
        auto busy = f.connect();
        co_await send(busy, info);
        auto engine = co_await f.acceptor.async_accept(asio::use_awaitable);
        co_await receive(engine, info.size());

        is_saved ? f.server->engine_saved() : f.server->engine_lost();
        const auto end = co_await receive_all(busy);
        CHECK(end.empty());
        auto again = co_await answer_one(f, idle);
        co_await f.server->stop(0s);
    }(one, saved));
}

TEST_CASE("what the engine said is true while it sleeps, unless it changed or was lost")
{
    server_fixture one(true);
    run_loop(one.loop, [](server_fixture& f) -> asio::awaitable<void> {
        auto user = f.connect();
        auto engine = co_await answer_one(f, user);
        f.server->engine_leaves();
        f.server->engine_saved();
        f.engine.sleeping = true;
        const auto asked = f.engine.asked.size();
        for (int round = 0; round < 2; ++round) {
            co_await send(user, info);
            const auto got = co_await receive(user, answer.size());
            CHECK(got == answer);
        }
        CHECK(f.engine.asked.size() == asked);

        f.server->remembered().forget();
        auto second = co_await answer_one(f, user);
        CHECK(f.engine.asked.size() == asked + 1);

        f.server->engine_lost();
        f.engine.sleeping = true;
        auto third = co_await answer_one(f, user);
        CHECK(f.engine.asked.size() == asked + 2);
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
        const std::string last = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}";
        co_await send(engine, last);
        engine.close();
        const auto got = co_await receive_all(busy);
        CHECK(got == last);
        busy.close();
        co_await until([&] { return stopped; });
    }(one));
}
