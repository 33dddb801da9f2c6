// Answers that go on while the engine comes and goes.
#include "tests/unit/proxy/counted_answers.hpp"
#include "tests/unit/proxy/session_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <list>

using test_support::until;

namespace {

const std::string head = "HTTP/1.1 200 OK\r\nServer: Docker\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string last_chunk = "0\r\n\r\n";

std::string asking(const std::string& request, const std::string& fields = "")
{
    return request + " HTTP/1.1\r\nHost: docker\r\n" + fields + "\r\n";
}

std::string chunk(const std::string& data)
{
    std::array<char, 16> size{};
    std::snprintf(size.data(), size.size(), "%zx", data.size());
    return size.data() + ("\r\n" + data + "\r\n");
}

std::string event(const std::string& time)
{
    return R"({"status":"start","timeNano":)" + time + "}\n";
}

const std::string events = asking("GET /v1.41/events?since=5");
const std::string stats = asking("GET /containers/x/stats");
const std::string wait = asking("POST /containers/x/wait", "Content-Length: 0\r\n");
const std::string ping = asking("GET /_ping");
const std::string pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

// A session of an engine that may sleep.
struct following_session : session_fixture {
    following_session() : session_fixture({.abort_grace = moment, .linger = moment})
    {
        tools.known.emplace();
    }

    // The engine is asked `request`, and begins its answer.
    asio::awaitable<void> joined(std::string request, std::string begun = head)
    {
        upstreams.push_back(co_await accept());
        const auto seen = co_await receive(upstreams.back(), request.size());
        CHECK(seen == request);
        co_await send(upstreams.back(), begun);
    }

    asio::awaitable<void> begins(std::string request)
    {
        co_await send(client, request);
        co_await joined(request);
        co_await shows(head);
    }

    // To the client.
    asio::awaitable<void> shows(std::string bytes)
    {
        const auto seen = co_await receive(client, bytes.size());
        CHECK(seen == bytes);
    }

    asio::awaitable<void> tells(std::string bytes) { return send(upstreams.back(), bytes); }

    asio::awaitable<void> lost_by_engine()
    {
        const auto rest = co_await receive_some(upstreams.back());
        CHECK(rest.empty());
    }

    static constexpr std::chrono::milliseconds moment{5};

    std::list<engine_peer> upstreams;
};

}  // namespace

TEST_CASE("an answer that breaks off is joined again, and the client sees one", "[unix]")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await f.begins(events);
        // Chunks as the engine likes, whole lines as the client does.
        co_await f.tells("10;x=y\r\n" + event("6000000000").substr(0, 16) + "\r\n");
        co_await f.tells(chunk(event("6000000000").substr(16) + "{\"half"));
        co_await f.shows(chunk(event("6000000000")));
        CHECK(f.session->stream() == proxy::open_stream::answer);
        // Nobody is kept awake by it.
        CHECK(f.engine.leases == 0);
        CHECK(f.session->in_flight());
        f.engine.door = vmctl::gate(f.loop.get_executor());
        SECTION("since the engine leaves")
        {
            f.session->lose_stream();
            boost::system::error_code end;
            co_await f.upstreams.back().async_wait(
                engine_peer::wait_read, asio::redirect_error(asio::use_awaitable, end)
            );
        }
        SECTION("since it has died")
        {
            f.upstreams.back().close();
        }
        co_await until([&f] { return f.engine.waiting == 1; });
        CHECK_FALSE(f.ended);
        f.engine.door.open();
        co_await f.joined(asking("GET /v1.41/events?since=5.000000000"));
        co_await f.tells(chunk(event("6000000000") + event("7000000000")));
        co_await f.shows(chunk(event("7000000000")));
        co_await f.tells(last_chunk);
        co_await f.shows(last_chunk);
        // The connection is one as any other.
        co_await send(f.client, ping);
        co_await f.joined(ping, pong);
        co_await f.shows(pong);
        finish(f.client);
        co_await f.lost_by_engine();
        f.upstreams.back().close();
    }(one));
    CHECK_FALSE(one.broke);
    CHECK(
        one.engine.asked ==
        std::vector<std::string>{
            "watching GET /v1.41/events", "watching GET /v1.41/events", "passive GET /_ping"}
    );
    // For its client it was one answer.
    CHECK(
        answers_in(one.tools.counted) ==
        counted_answers{{"GET /events 200", 1}, {"GET /_ping 200", 1}}
    );
    CHECK(
        one.tools.counted.to_client == head.size() + chunk(event("6000000000")).size() +
                                           chunk(event("7000000000")).size() + last_chunk.size() +
                                           pong.size()
    );
}

TEST_CASE("an engine that comes back slowly is dialled again")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await f.begins(stats);
        co_await f.tells(chunk("{1}\n"));
        co_await f.shows(chunk("{1}\n"));
        f.upstreams.back().close();
        // It takes the connection, and drops it.
        auto dropped = co_await f.accept();
        dropped.close();
        co_await f.joined(stats);
        co_await f.tells(chunk("{2}\n{3}\n"));
        co_await f.shows(chunk("{3}\n"));
        f.client.close();
    }(one));
}

TEST_CASE("who waits for the end of a container uses the engine")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await f.begins(wait);
        CHECK(f.engine.leases == 1);
        f.upstreams.back().close();
        co_await f.joined(wait);
        CHECK(f.engine.leases == 1);
        co_await f.tells(chunk("{\"Status") + chunk("Code\":3}\n") + last_chunk);
        co_await f.shows(chunk("{\"StatusCode\":3}\n") + last_chunk);
        co_await until([&f] { return f.engine.leases == 0; });
        f.client.close();
    }(one));
    CHECK(one.engine.asked == std::vector<std::string>(2, "active POST /containers/x/wait"));
}

TEST_CASE("events are followed from the engine's clock on")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        const auto request = asking("GET /events");
        co_await send(f.client, request);
        // Dialled for the answer, which waits.
        auto dialled = co_await f.accept();
        const std::string info = "GET /info HTTP/1.0\r\nHost: gangway\r\n\r\n";
        co_await f.joined(
            info, "HTTP/1.0 200 OK\r\n\r\n{\"SystemTime\":\"1970-01-01T00:00:05.000000007Z\"}"
        );
        f.upstreams.back().close();
        const auto seen = co_await receive(dialled, request.size());
        CHECK(seen == request);
        co_await send(dialled, head);
        co_await f.shows(head);
        dialled.close();
        co_await f.joined(asking("GET /events?since=5.000000007"));
        co_await f.tells(chunk(event("5000000007")));
        co_await f.shows(chunk(event("5000000007")));
        f.client.close();
    }(one));
}

TEST_CASE("a client that sends no more is told the end", "[unix]")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await f.begins(events);
        SECTION("by the engine")
        {
            finish(f.client);
            co_await f.lost_by_engine();
            co_await f.tells(last_chunk);
        }
        SECTION("while there is none")
        {
            f.engine.door = vmctl::gate(f.loop.get_executor());
            f.upstreams.back().close();
            co_await until([&f] { return f.engine.waiting == 1; });
            finish(f.client);
        }
        co_await f.shows(last_chunk);
        const auto rest = co_await receive_some(f.client);
        CHECK(rest.empty());
    }(one));
    CHECK(one.engine.waiting == 0);
    CHECK_FALSE(one.broke);
}

TEST_CASE("a client that sends no more at once is answered all the same", "[unix]")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        const auto request = asking("GET /events");
        co_await send(f.client, request);
        finish(f.client);
        co_await f.joined(request);
        co_await f.lost_by_engine();
        co_await f.tells(last_chunk);
        co_await f.shows(head + last_chunk);
        const auto rest = co_await receive_some(f.client);
        CHECK(rest.empty());
    }(one));
    CHECK_FALSE(one.broke);
}

TEST_CASE("a client that goes ends it all")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await f.begins(events);
        SECTION("while the engine is there")
        {
            f.client.close();
            const auto rest = co_await receive_all(f.upstreams.back());
            CHECK(rest.empty());
        }
        SECTION("while it is not")
        {
            f.engine.door = vmctl::gate(f.loop.get_executor());
            f.upstreams.back().close();
            co_await until([&f] { return f.engine.waiting == 1; });
            f.client.close();
        }
        co_await until([&f] { return f.ended; });
        CHECK(f.engine.waiting == 0);
    }(one));
}

TEST_CASE("an engine that was stopped on purpose breaks the client's connection")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await f.begins(events);
        f.engine.refusal = "the VM was stopped";
        f.upstreams.back().close();
        const auto rest = co_await receive_some(f.client);
        CHECK(rest.empty());
    }(one));
    CHECK(one.broke);
}

TEST_CASE("a container that is gone ends what was told of it")
{
    const std::string gone = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}";
    following_session one;
    SECTION("in order")
    {
        one.run([](following_session& f, std::string answer) -> asio::awaitable<void> {
            co_await f.begins(stats);
            f.upstreams.back().close();
            co_await f.joined(stats, answer);
            co_await f.shows(last_chunk);
            f.client.close();
        }(one, gone));
        CHECK_FALSE(one.broke);
    }
    SECTION("or not: its exit status was asked for")
    {
        one.run([](following_session& f, std::string answer) -> asio::awaitable<void> {
            co_await f.begins(wait);
            f.upstreams.back().close();
            co_await f.joined(wait, answer);
            const auto rest = co_await receive_some(f.client);
            CHECK(rest.empty());
        }(one, gone));
        CHECK(one.broke);
    }
}

TEST_CASE("an answer that does not go on passes as it is")
{
    const auto& [answer, closes] = GENERATE(table<std::string, bool>({
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 16\r\n\r\n{\"message\":\"no\"}", false},
        {"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nno\r\n0\r\nA: "
         "b\r\n\r\n",
         false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", true},
    }));
    following_session one;
    one.run([](following_session& f, std::string told, bool ends) -> asio::awaitable<void> {
        co_await send(f.client, stats);
        co_await f.joined(stats, told);
        if (ends) f.upstreams.back().close();
        co_await f.shows(told);
        if (ends) {
            const auto rest = co_await receive_some(f.client);
            CHECK(rest.empty());
        } else {
            co_await send(f.client, ping);
            co_await f.joined(ping, pong);
            co_await f.shows(pong);
        }
        f.client.close();
    }(one, answer, closes));
}

TEST_CASE("an answer after which the engine closes ends the client's connection")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        const auto request = asking("GET /containers/x/stats", "Connection: close\r\n");
        const auto closing =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        co_await send(f.client, request);
        co_await f.joined(request, closing + chunk("{}\n") + last_chunk);
        co_await f.shows(closing + chunk("{}\n") + last_chunk);
        const auto rest = co_await receive_some(f.client);
        CHECK(rest.empty());
        f.client.close();
    }(one));
    CHECK_FALSE(one.broke);
}

TEST_CASE("a request behind an answer that goes on waits for its end")
{
    following_session one;
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await send(f.client, events + ping);
        co_await f.joined(events);
        co_await f.shows(head);
        co_await f.tells(last_chunk);
        co_await f.shows(last_chunk);
        co_await f.joined(ping, pong);
        co_await f.shows(pong);
        f.client.close();
    }(one));
    CHECK(one.dialled == 2);
}

TEST_CASE("what is not certain to be understood takes the ordinary way")
{
    const auto request = GENERATE(
        std::string("GET /events?since=5 HTTP/1.0\r\n\r\n"),
        asking("HEAD /events?since=5"),
        asking("GET http://docker/events?since=5"),
        asking("POST /containers/x/wait", "Transfer-Encoding: chunked\r\n") + last_chunk,
        asking("POST /containers/x/wait", "Content-Length: 2\r\n") + "{}",
        asking("GET /events?since=5", "Upgrade: tcp\r\n")
    );
    CAPTURE(request);
    following_session one;
    one.run([](following_session& f, std::string asked) -> asio::awaitable<void> {
        co_await send(f.client, asked);
        co_await f.joined(asked, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        co_await f.shows("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        CHECK(f.session->connected());
        f.client.close();
    }(one, request));
}

TEST_CASE("an engine that never sleeps breaks off what it breaks off")
{
    following_session one;
    one.tools.known.reset();
    one.run([](following_session& f) -> asio::awaitable<void> {
        co_await f.begins(events);
        CHECK(f.session->connected());
        f.upstreams.back().close();
        const auto rest = co_await receive_some(f.client);
        CHECK(rest.empty());
        f.client.close();
    }(one));
}
