// A client's connection outlives those to the engine.
#include "tests/unit/proxy/session_fixture.hpp"

#include <catch2/catch.hpp>

#include <utility>

using namespace std::chrono_literals;
using proxy::session_limits;
using test_support::until;

namespace {

const std::string ping = "GET /v1.41/_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
const std::string pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

// A session whose engine comes back at another address.
struct moving_session : session_fixture {
    moving_session()
        : session_fixture(session_limits{.abort_grace = 5ms, .linger = 5ms}),
          elsewhere(loop, {asio::ip::make_address("127.0.0.1"), 0})
    {
    }

    // Gives the engine's end, where one request was answered.
    asio::awaitable<engine_peer> ask()
    {
        co_await send(client, ping);
        auto socket = co_await accept();
        co_await answer(socket);
        co_return socket;
    }

    asio::awaitable<void> answer(engine_peer& socket)
    {
        const auto request = co_await receive(socket, ping.size());
        CHECK(request == ping);
        co_await send(socket, pong);
        const auto response = co_await receive(client, pong.size());
        CHECK(response == pong);
    }

    // The old address is nobody's any more.
    void move()
    {
        acceptor.close();
        engine.address.endpoint =
            config::tcp_endpoint{"127.0.0.1", elsewhere.local_endpoint().port()};
    }

    // What comes after the end of the connection would, too.
    asio::awaitable<bool> is_over(engine_peer& socket)
    {
        boost::system::error_code end;
        std::string byte(1, '\0');
        co_await socket.async_read_some(
            asio::buffer(byte), asio::redirect_error(asio::use_awaitable, end)
        );
        co_return end.failed();
    }

    // Some turns of the loop, in which whatever would happen happens.
    asio::awaitable<void> turns()
    {
        for (int turn = 0; turn < 20; ++turn) co_await asio::post(loop, asio::use_awaitable);
    }

    asio::ip::tcp::acceptor elsewhere;
};

}  // namespace

TEST_CASE(
    "a kept connection lets go of the engine, and finds it where it is with the next request",
    "[unix]"
)
{
    moving_session one;
    one.run([](moving_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        CHECK(f.session->connected());
        f.session->let_go();
        CHECK_FALSE(f.session->connected());
        f.session->let_go();
        const bool over = co_await f.is_over(engine);
        CHECK(over);
        co_await f.turns();
        CHECK_FALSE(f.ended);
        CHECK(f.engine.asked.size() == 1);

        f.move();
        co_await send(f.client, ping);
        auto next = co_await f.elsewhere.async_accept(asio::use_awaitable);
        CHECK(f.engine.leases == 1);
        co_await f.answer(next);
        CHECK(f.engine.leases == 0);
        co_await send(f.client, ping);
        co_await f.answer(next);
        finish(f.client);
        const auto rest = co_await receive_some(next);
        CHECK(rest.empty());
        next.close();
        const auto end = co_await receive_some(f.client);
        CHECK(end.empty());
    }(one));
    CHECK_FALSE(one.broke);
    CHECK(one.engine.asked == std::vector<std::string>(3, "passive GET /v1.41/_ping"));
}

TEST_CASE("a request that comes while the engine is let go of gets it anew, with what is behind it")
{
    moving_session one;
    one.run([](moving_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        f.move();
        co_await send(f.client, ping + ping);
        f.session->let_go();
        auto next = co_await f.elsewhere.async_accept(asio::use_awaitable);
        const auto requests = co_await receive(next, 2 * ping.size());
        CHECK(requests == ping + ping);
        CHECK(f.engine.leases == 2);
        co_await send(next, pong + pong);
        const auto answers = co_await receive(f.client, 2 * pong.size());
        CHECK(answers == pong + pong);
        f.client.close();
    }(one));
}

TEST_CASE("half a head waits for its rest without an engine")
{
    moving_session one;
    one.run([](moving_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        co_await send(f.client, ping.substr(0, 10));
        co_await f.turns();
        f.session->let_go();
        const bool over = co_await f.is_over(engine);
        CHECK(over);
        f.move();
        co_await send(f.client, ping.substr(10));
        auto next = co_await f.elsewhere.async_accept(asio::use_awaitable);
        co_await f.answer(next);
        f.client.close();
    }(one));
}

TEST_CASE("a connection to an engine that only paused is kept")
{
    moving_session one;
    one.run([](moving_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        f.engine.door = vmctl::gate(f.loop.get_executor());
        co_await send(f.client, ping);
        co_await until([&] { return f.engine.waiting == 1; });
        f.engine.door.open();
        co_await f.answer(engine);
        CHECK_FALSE(f.somebody_dials());
        f.client.close();
    }(one));
}

TEST_CASE("an engine may go for good while a request waits for its waking")
{
    moving_session one;
    one.run([](moving_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        f.engine.door = vmctl::gate(f.loop.get_executor());
        co_await send(f.client, ping);
        co_await until([&] { return f.engine.waiting == 1; });
        CHECK(f.session->in_flight());
        f.session->let_go();
        f.move();
        f.engine.door.open();
        auto next = co_await f.elsewhere.async_accept(asio::use_awaitable);
        co_await f.answer(next);
        f.client.close();
    }(one));
}

TEST_CASE("a client that leaves while there is no engine leaves in an orderly way", "[unix]")
{
    const bool altogether = GENERATE(true, false);
    const bool at_once = GENERATE(true, false);
    moving_session one;
    one.run([](moving_session& f, bool closes, bool hurries) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        f.session->let_go();
        if (!hurries) co_await f.turns();
        if (closes) {
            f.client.close();
        } else {
            finish(f.client);
            const auto end = co_await receive_all(f.client);
            CHECK(end.empty());
        }
        co_await until([&] { return f.ended; });
    }(one, altogether, at_once));
    CHECK_FALSE(one.broke);
    CHECK(one.engine.asked.size() == 1);
}

TEST_CASE("a client that gives up while the engine wakes for a later request is forgotten")
{
    moving_session one;
    one.run([](moving_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        f.session->let_go();
        f.engine.door = vmctl::gate(f.loop.get_executor());
        co_await send(f.client, ping);
        co_await until([&] { return f.engine.waiting == 1; });
        f.client.close();
        co_await until([&] { return f.ended; });
        CHECK(f.engine.waiting == 0);
    }(one));
}

TEST_CASE("an engine that does not come back is Docker's kind of error")
{
    moving_session one;
    SECTION("it says why")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            auto engine = co_await f.ask();
            f.session->let_go();
            f.engine.refusal = "the VM did not wake";
            co_await send(f.client, ping);
            const auto reply = co_await receive_all(f.client);
            CHECK(reply.starts_with("HTTP/1.1 503 "));
            CHECK(reply.ends_with("{\"message\":\"gangway: the VM did not wake\"}\n"));
        }(one));
    }
    SECTION("nobody answers")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            auto engine = co_await f.ask();
            f.session->let_go();
            f.move();
            f.elsewhere.close();
            co_await send(f.client, ping);
            const auto reply = co_await receive_all(f.client);
            CHECK(reply.starts_with("HTTP/1.1 503 "));
            CHECK(reply.ends_with(": Connection refused; try again\"}\n"));
        }(one));
    }
    SECTION("it had only paused")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            auto engine = co_await f.ask();
            f.engine.refusal = "the VM did not wake";
            co_await send(f.client, ping);
            const auto reply = co_await receive_all(f.client);
            CHECK(reply.ends_with("{\"message\":\"gangway: the VM did not wake\"}\n"));
            const bool over = co_await f.is_over(engine);
            CHECK(over);
        }(one));
    }
    CHECK(one.ended);
    CHECK_FALSE(one.broke);
    CHECK(one.engine.leases == 0);
}

TEST_CASE("what is under way is not let go of", "[unix]")
{
    moving_session one;
    SECTION("a request without its answer")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            co_await send(f.client, ping);
            auto engine = co_await f.accept();
            const auto request = co_await receive(engine, ping.size());
            f.session->let_go();
            co_await send(engine, pong.substr(0, pong.size() - 1));
            co_await receive(f.client, pong.size() - 1);
            f.session->let_go();
            co_await send(engine, pong.substr(pong.size() - 1));
            const auto rest = co_await receive(f.client, 1);
            CHECK(rest == "K");
            f.client.close();
        }(one));
    }
    SECTION("an answered request whose body is still coming")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            co_await send(f.client, "POST /build HTTP/1.1\r\nContent-Length: 4\r\n\r\nab");
            auto engine = co_await f.accept();
            co_await receive_some(engine);
            co_await send(engine, pong);
            co_await receive(f.client, pong.size());
            f.session->let_go();
            co_await send(f.client, "cd");
            const auto rest = co_await receive(engine, 2);
            CHECK(rest == "cd");
            f.client.close();
        }(one));
    }
    SECTION("an answer of which a part is still here")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            co_await send(f.client, ping);
            auto engine = co_await f.accept();
            co_await receive(engine, ping.size());
            // Until nobody reads it any more: what is left is in the session.
            const std::string body(std::size_t{4} << 20, 'x');
            const auto answer =
                "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                body;
            bool sent = false;
            asio::co_spawn(f.loop, send(engine, answer), [&](std::exception_ptr) { sent = true; });
            std::string all;
            while (all.size() < answer.size()) {
                f.session->let_go();
                const auto some = co_await receive_some(f.client);
                if (some.empty()) break;
                all += some;
            }
            CHECK(all == answer);
            co_await until([&] { return sent; });
            f.client.close();
        }(one));
    }
    SECTION("a hijacked stream")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            const std::string upgraded = "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n";
            co_await send(
                f.client,
                "POST /exec/x/start HTTP/1.1\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n"
            );
            auto engine = co_await f.accept();
            co_await receive_some(engine);
            co_await send(engine, upgraded);
            co_await receive(f.client, upgraded.size());
            f.session->let_go();
            co_await send(f.client, "stdin");
            const auto seen = co_await receive(engine, 5);
            CHECK(seen == "stdin");
            f.client.close();
        }(one));
    }
    SECTION("a connection that the engine is about to close")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            const std::string last =
                GENERATE("HTTP/1.0 200 OK\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n") +
                std::string("Content-Length: 2\r\n\r\nOK");
            co_await send(f.client, ping);
            auto engine = co_await f.accept();
            co_await receive(engine, ping.size());
            co_await send(engine, last);
            co_await receive(f.client, last.size());
            f.session->let_go();
            CHECK(f.session->connected());
            engine.close();
            const auto end = co_await receive_all(f.client);
            CHECK(end.empty());
            f.client.close();
        }(one));
    }
    SECTION("a client that has finished")
    {
        one.run([](moving_session& f) -> asio::awaitable<void> {
            auto engine = co_await f.ask();
            finish(f.client);
            const auto end = co_await receive_some(engine);
            CHECK(end.empty());
            f.session->let_go();
            CHECK(f.session->connected());
            engine.close();
            const auto all = co_await receive_all(f.client);
            CHECK(all.empty());
        }(one));
    }
    CHECK(one.dialled == 1);
}

TEST_CASE("an engine that closes a connection closes its client's")
{
    moving_session one;
    one.run([](moving_session& f) -> asio::awaitable<void> {
        auto engine = co_await f.ask();
        engine.close();
        const auto end = co_await receive_all(f.client);
        CHECK(end.empty());
        f.session->let_go();
        f.client.close();
    }(one));
    CHECK_FALSE(one.broke);
}
