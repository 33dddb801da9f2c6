// Answers that name paths which the engine sees elsewhere, on their way through a session.
#include "session_fixture.hpp"

#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <string>

namespace {

const std::string inspect = "GET /v1.41/containers/abc/json HTTP/1.1\r\nHost: d\r\n\r\n";
const std::string told = R"({"Mounts":[{"Source":"/run/gangway/host/etc/x"}],"z":1})";
const std::string known = R"({"Mounts":[{"Source":"/etc/x"}],"z":1})";

std::string sized(const std::string& body)
{
    return "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

const std::string chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(const std::string& bytes)
{
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    return size.data() + bytes + "\r\n";
}

// A session whose engine sees /etc elsewhere.
struct moved_session : session_fixture {
    moved_session() { engine.address.shares = {config::placed_in_guest({"/etc"})}; }

    // Gives the engine's end, where the question has come.
    asio::awaitable<engine_peer> ask()
    {
        co_await send(client, inspect);
        auto socket = co_await accept();
        co_await receive(socket, inspect.size());
        co_return socket;
    }

    asio::awaitable<void> expect_answer(std::string answer)
    {
        const auto seen = co_await receive(client, answer.size());
        CHECK(seen == answer);
    }
};

}  // namespace

TEST_CASE("a path in an answer is the one that the client knows")
{
    moved_session one;
    one.run([](moved_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        co_await send(engine, "HTTP/1.1 100 Continue\r\n\r\n" + sized(told));
        co_await f.expect_answer("HTTP/1.1 100 Continue\r\n\r\n" + sized(known));
        // In pieces.
        co_await send(f.client, inspect);
        co_await receive(engine, inspect.size());
        const auto answer = chunked_head + chunk(told.substr(0, 30)) + chunk(told.substr(30));
        for (const char byte : answer) co_await send(engine, std::string(1, byte));
        co_await send(engine, "0\r\n\r\n");
        co_await f.expect_answer(chunked_head + chunk(known) + "0\r\n\r\n");
        f.client.close();
    }(one));
}

TEST_CASE("an answer without such a path comes byte for byte, however large")
{
    moved_session one;
    one.run([](moved_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        const auto small = chunked_head + chunk("{\"a\":") + chunk("7}") + "0\r\n\r\n";
        co_await send(engine, small);
        co_await f.expect_answer(small);
        // Beyond what is looked at.
        co_await send(f.client, inspect);
        co_await receive(engine, inspect.size());
        const auto large = sized("[\"" + std::string(17U << 20U, 'x') + "\"]");
        asio::co_spawn(f.loop, send(engine, large), asio::detached);
        co_await f.expect_answer(large);
        co_await send(f.client, inspect);
        co_await receive(engine, inspect.size());
        co_await send(engine, sized(told));
        co_await f.expect_answer(sized(known));
        f.client.close();
    }(one));
}

TEST_CASE("answers to pipelined requests keep their order and their bounds")
{
    moved_session one;
    one.run([](moved_session& f) -> asio::awaitable<void> {
        const std::string ping = "GET /_ping HTTP/1.1\r\n\r\n";
        const auto head = "HEAD" + inspect.substr(3);
        co_await send(f.client, ping + inspect + head + ping);
        auto engine = co_await f.accept();
        co_await receive(engine, 2 * ping.size() + inspect.size() + head.size());
        const auto bodiless = "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n";
        // What a ping would say is nobody's path.
        co_await send(engine, sized(told) + sized(told) + bodiless + sized(told));
        co_await f.expect_answer(sized(told) + sized(known) + bodiless + sized(told));
        f.client.close();
    }(one));
}

TEST_CASE("an answer that is cut off is cut off for the client")
{
    moved_session one;
    one.run([](moved_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        const auto answer = sized(told);
        co_await send(engine, answer.substr(0, answer.size() - 5));
        engine.close();
        const auto seen = co_await receive_all(f.client);
        CHECK(seen == answer.substr(0, answer.size() - 5));
        f.client.close();
    }(one));
}

TEST_CASE("an answer that ends with its connection is restored, too")
{
    moved_session one;
    one.run([](moved_session& f) -> asio::awaitable<void> {
        co_await send(f.client, "GET /containers/json HTTP/1.0\r\n\r\n");
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        co_await send(engine, "HTTP/1.0 200 OK\r\n\r\n" + told);
        engine.close();
        const auto seen = co_await receive_all(f.client);
        CHECK(seen == "HTTP/1.0 200 OK\r\n\r\n" + known);
        f.client.close();
    }(one));
}
