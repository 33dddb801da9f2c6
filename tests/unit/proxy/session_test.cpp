// One client connection and its engine: what each side sees of the other.
#include "tests/unit/proxy/session_fixture.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using proxy::session_limits;
using test_support::until;

namespace {

const std::string ping = "GET /v1.41/_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
const std::string pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
const std::string attach =
    "POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\n"
    "Upgrade: tcp\r\nContent-Length: 0\r\n\r\n";
const std::string upgraded = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

}  // namespace

TEST_CASE("a request and its response pass unchanged, and the connection is kept", "[unix]")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, ping);
        auto engine = co_await f.accept();
        for (int round = 0; round < 3; ++round) {
            if (round > 0) co_await send(f.client, ping);
            const auto request = co_await receive_some(engine);
            CHECK(request == ping);
            CHECK(f.engine.leases == 1);
            co_await send(engine, pong);
            const auto response = co_await receive(f.client, pong.size());
            CHECK(response == pong);
            CHECK(f.engine.leases == 0);
        }
        finish(f.client);
        const auto rest = co_await receive_some(engine);
        CHECK(rest.empty());
        engine.close();
        const auto end = co_await receive_some(f.client);
        CHECK(end.empty());
    }(one));
    CHECK(one.ended);
    CHECK_FALSE(one.broke);
    CHECK(one.dialled == 1);
    CHECK(one.engine.asked == std::vector<std::string>(3, "passive GET /v1.41/_ping"));
}

TEST_CASE("nothing is dialled before a whole head has come")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "GET /_ping HT");
        co_await send(f.client, "TP/1.1\r\n");
        co_await asio::post(f.loop, asio::use_awaitable);
        CHECK(f.engine.asked.empty());
        CHECK_FALSE(f.somebody_dials());
        co_await send(f.client, "\r\n");
        auto engine = co_await f.accept();
        const auto request = co_await receive_some(engine);
        CHECK(request == "GET /_ping HTTP/1.1\r\n\r\n");
        f.client.close();
    }(one));
}

TEST_CASE("a client that says nothing leaves no trace", "[unix]")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        finish(f.client);
        const auto end = co_await receive_some(f.client);
        CHECK(end.empty());
    }(one));
    CHECK(one.engine.asked.empty());
    CHECK_FALSE(one.broke);
}

TEST_CASE("half a head and then silence is closed without a word")
{
    session_fixture one(session_limits{.first_head = 20ms});
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "GET /_ping HTTP/1.1\r\n");
        const auto end = co_await receive_all(f.client);
        CHECK(end.empty());
    }(one));
    CHECK(one.engine.asked.empty());
}

TEST_CASE("half a head and then the end is the engine's to answer", "[unix]")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "GET /_ping HTTP/1.1\r\n");
        finish(f.client);
        auto engine = co_await f.accept();
        const auto request = co_await receive_all(engine);
        CHECK(request == "GET /_ping HTTP/1.1\r\n");
        co_await send(engine, "HTTP/1.1 400 Bad Request\r\n\r\n");
        engine.close();
        const auto answer = co_await receive_all(f.client);
        CHECK(answer == "HTTP/1.1 400 Bad Request\r\n\r\n");
    }(one));
}

TEST_CASE("what is no HTTP is tunnelled both ways")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        auto engine = co_await f.accept();
        const auto preface = co_await receive(engine, 24);
        CHECK(preface == "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        co_await send(engine, std::string("\0\0\0\4", 4));
        const auto frame = co_await receive(f.client, 4);
        CHECK(frame == std::string("\0\0\0\4", 4));
        CHECK(f.engine.leases == 1);
        f.client.close();
    }(one));
}

TEST_CASE("a head beyond the limit is tunnelled, and the engine refuses it")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        const auto head = "GET / HTTP/1.1\r\nX: " + std::string(proxy::max_head_size, 'x');
        co_await send(f.client, head);
        auto engine = co_await f.accept();
        const auto request = co_await receive(engine, head.size());
        CHECK(request == head);
        co_await send(engine, "HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n");
        engine.close();
        const auto answer = co_await receive_all(f.client);
        CHECK(answer == "HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n");
        f.client.close();
    }(one));
}

TEST_CASE("a head and the body that came with it reach the engine in one segment")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        const std::string request =
            "POST /exec/x/start HTTP/1.1\r\nUpgrade: tcp\r\nContent-Length: "
            "16\r\n\r\n{\"Detach\":false}";
        co_await send(f.client, request);
        auto engine = co_await f.accept();
        const auto segment = co_await receive_some(engine);
        CHECK(segment == request);
        f.client.close();
    }(one));
}

TEST_CASE("a hijacked stream's head comes alone, and both directions end separately", "[unix]")
{
    const bool client_first = GENERATE(true, false);
    session_fixture one;
    one.run([](session_fixture& f, bool client_ends_first) -> asio::awaitable<void> {
        co_await send(f.client, attach);
        auto engine = co_await f.accept();
        const auto request = co_await receive_some(engine);
        CHECK(request == attach);
        // In one segment, as a proxy or a kernel on the way may have it.
        co_await send(engine, upgraded + "first");
        const auto head = co_await receive(f.client, upgraded.size());
        CHECK(head == upgraded);
        const auto first = co_await receive(f.client, 5);
        CHECK(first == "first");
        co_await send(f.client, "stdin");
        const auto stdin_bytes = co_await receive(engine, 5);
        CHECK(stdin_bytes == "stdin");
        CHECK(f.engine.leases == 1);
        if (client_ends_first) {
            finish(f.client);
            const auto end = co_await receive_some(engine);
            CHECK(end.empty());
            co_await send(engine, "late output");
            engine.close();
            const auto output = co_await receive_all(f.client);
            CHECK(output == "late output");
        } else {
            finish(engine);
            const auto end = co_await receive_some(f.client);
            CHECK(end.empty());
            co_await send(f.client, "late input");
            f.client.close();
            const auto input = co_await receive_all(engine);
            CHECK(input == "late input");
        }
    }(one, client_first));
    CHECK(one.ended);
    CHECK(one.engine.leases == 0);
}

TEST_CASE("an attach without Upgrade goes on as raw bytes after an unframed 200")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(
            f.client, "POST /containers/x/attach HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
        );
        auto engine = co_await f.accept();
        const auto request = co_await receive_some(engine);
        CHECK(request.ends_with("{}"));
        co_await send(f.client, "GET is what my stdin begins with");
        co_await send(
            engine, "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
        );
        const auto stdin_bytes = co_await receive(engine, 32);
        CHECK(stdin_bytes == "GET is what my stdin begins with");
        f.client.close();
    }(one));
    CHECK(one.engine.asked.size() == 1);
}

TEST_CASE("a request pipelined behind a refused attach is still understood")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, attach + ping);
        auto engine = co_await f.accept();
        const auto request = co_await receive(engine, attach.size());
        CHECK(request == attach);
        const std::string refusal = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        co_await send(engine, refusal);
        const auto second = co_await receive(engine, ping.size());
        CHECK(second == ping);
        co_await send(engine, pong);
        const auto answers = co_await receive(f.client, refusal.size() + pong.size());
        CHECK(answers == refusal + pong);
        CHECK(f.engine.leases == 0);
        f.client.close();
    }(one));
    CHECK(
        one.engine.asked ==
        std::vector<std::string>{"active POST /containers/x/attach", "passive GET /v1.41/_ping"}
    );
}

TEST_CASE("a client that vanishes is reported to a silent engine by a reset", "[unix]")
{
    session_fixture one(session_limits{.abort_grace = 5ms});
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, attach);
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        co_await send(engine, upgraded);
        co_await receive(f.client, upgraded.size());
        co_await send(f.client, "last words");
        f.client.close();
        const auto last = co_await receive_all(engine);
        CHECK(last == "last words");
        // The end of stream came first; the reset behind it shows in what the engine writes.
        boost::system::error_code ec;
        co_await engine.async_wait(
            engine_peer::wait_error, asio::redirect_error(asio::use_awaitable, ec)
        );
        engine.write_some(asio::buffer("output", 6), ec);
        CHECK(ec == asio::error::broken_pipe);
    }(one));
    CHECK(one.ended);
    CHECK(one.engine.leases == 0);
}

TEST_CASE("a client that vanishes is noticed while the engine does not read what it sent")
{
    session_fixture one(session_limits{.abort_grace = 5ms});
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, attach);
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        co_await send(engine, upgraded);
        co_await receive(f.client, upgraded.size());
        // Until every buffer on the way is full and nobody reads from the client any more.
        const std::string much(1 << 20, 'x');
        f.client.non_blocking(true);
        for (int quiet = 0; quiet < 50;) {
            boost::system::error_code full;
            f.client.write_some(asio::buffer(much), full);
            quiet = full ? quiet + 1 : 0;
            asio::steady_timer pause(f.loop, 1ms);
            co_await pause.async_wait(asio::use_awaitable);
        }
        f.client.close();
        co_await test_support::until([&] { return f.ended; });
    }(one));
    CHECK(one.broke);
    CHECK(one.engine.leases == 0);
}

TEST_CASE("what a client sent before it closed arrives although it cannot be written to any more")
{
    session_fixture one(session_limits{.abort_grace = 30s});
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, attach);
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        co_await send(engine, upgraded);
        co_await receive(f.client, upgraded.size());
        co_await send(f.client, "last words");
        f.client.close();
        co_await send(engine, "output that nobody reads");
        const auto last = co_await receive_all(engine);
        CHECK(last == "last words");
    }(one));
    CHECK(one.broke);
    CHECK(one.engine.leases == 0);
}

TEST_CASE("an engine that breaks off ends its client at once")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "GET /events HTTP/1.1\r\n\r\n");
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        const std::string part = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
        co_await send(engine, part);
        const auto got = co_await receive(f.client, part.size());
        CHECK(got == part);
        engine.set_option(asio::socket_base::linger(true, 0));
        engine.close();
        const auto rest = co_await receive_all(f.client);
        CHECK(rest.empty());  // and no invented end of the chunked body
    }(one));
    CHECK(one.broke);
}

TEST_CASE("bytes wait in order while the engine is being started")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        f.engine.door = vmctl::gate(f.loop.get_executor());
        co_await send(f.client, "POST /build HTTP/1.1\r\nContent-Length: 8\r\n\r\nhalf");
        co_await until([&] { return f.engine.waiting == 1; });
        co_await send(f.client, "rest");
        f.engine.door.open();
        auto engine = co_await f.accept();
        const auto request = co_await receive(engine, 51);
        CHECK(request == "POST /build HTTP/1.1\r\nContent-Length: 8\r\n\r\nhalfrest");
        f.client.close();
    }(one));
}

TEST_CASE("a client that gives up while the engine starts is forgotten")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        f.engine.door = vmctl::gate(f.loop.get_executor());
        co_await send(f.client, ping);
        co_await until([&] { return f.engine.waiting == 1; });
        f.client.close();
        co_await until([&] { return f.ended; });
        CHECK(f.engine.waiting == 0);
    }(one));
}

TEST_CASE("an engine that cannot be had is Docker's kind of error")
{
    session_fixture one(session_limits{.linger = 5ms});
    SECTION("the engine says why")
    {
        one.engine.refusal = "the VM did not start: no disk";
        one.run([](session_fixture& f) -> asio::awaitable<void> {
            co_await send(f.client, ping);
            const auto answer = co_await receive_all(f.client);
            CHECK(answer.starts_with("HTTP/1.1 503 "));
            CHECK(answer.ends_with("{\"message\":\"gangway: the VM did not start: no disk\"}\n"));
        }(one));
    }
    SECTION("the address does not answer")
    {
        one.acceptor.close();
        one.run([](session_fixture& f) -> asio::awaitable<void> {
            co_await send(f.client, ping);
            const auto answer = co_await receive_all(f.client);
            CHECK(
                answer.find("gangway: cannot connect to the engine at tcp://127.0.0.1:") !=
                std::string::npos
            );
            CHECK(answer.ends_with(": Connection refused; try again\"}\n"));
        }(one));
    }
    SECTION("HEAD has no body")
    {
        one.engine.refusal = "no";
        one.run([](session_fixture& f) -> asio::awaitable<void> {
            co_await send(f.client, "HEAD /_ping HTTP/1.1\r\n\r\n");
            const auto answer = co_await receive_all(f.client);
            CHECK(answer.ends_with("\r\n\r\n"));
        }(one));
    }
    SECTION("a body that is still coming does not spoil the answer")
    {
        one.engine.refusal = "no";
        one.run([](session_fixture& f) -> asio::awaitable<void> {
            co_await send(
                f.client,
                "POST /build HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" +
                    std::string(1000000, 'x')
            );
            const auto answer = co_await receive_all(f.client);
            CHECK(answer.ends_with("{\"message\":\"gangway: no\"}\n"));
        }(one));
    }
    CHECK(one.ended);
    CHECK_FALSE(one.broke);
}

TEST_CASE("an engine that died while it was connected to is replaced by the next one")
{
    session_fixture one(session_limits{.linger = 5ms});
    const auto living = one.engine.address.endpoint;
    asio::ip::tcp::acceptor dead(one.loop, {asio::ip::make_address("127.0.0.1"), 0});
    one.engine.address.endpoint = config::tcp_endpoint{"127.0.0.1", dead.local_endpoint().port()};
    dead.close();
    SECTION("once")
    {
        one.engine.successor = living;
        one.run([](session_fixture& f) -> asio::awaitable<void> {
            co_await send(f.client, ping);
            auto engine = co_await f.accept();
            const auto request = co_await receive_some(engine);
            CHECK(request == ping);
            f.client.close();
        }(one));
        CHECK(one.engine.gone.size() == 1);
    }
    SECTION("one that dies again is an error")
    {
        one.engine.successor = one.engine.address.endpoint;
        one.run([](session_fixture& f) -> asio::awaitable<void> {
            co_await send(f.client, ping);
            const auto answer = co_await receive_all(f.client);
            CHECK(
                answer.find("gangway: the engine ended while it was connected to") !=
                std::string::npos
            );
        }(one));
    }
    CHECK(one.engine.asked.size() == 2);
    CHECK(one.engine.leases == 0);
}

TEST_CASE("interim responses and late heads pass as they come")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(
            f.client,
            "POST /images/load HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        );
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await send(engine, go_on);
        const auto interim = co_await receive(f.client, go_on.size());
        CHECK(interim == go_on);
        CHECK(f.engine.leases == 1);
        co_await send(f.client, "ab");
        const auto body = co_await receive(engine, 2);
        CHECK(body == "ab");
        co_await send(engine, pong);
        const auto response = co_await receive(f.client, pong.size());
        CHECK(response == pong);
        CHECK(f.engine.leases == 0);
        f.client.close();
    }(one));
}
