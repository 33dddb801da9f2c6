// Answers that a session gives for an engine that sleeps.
#include "tests/unit/proxy/session_fixture.hpp"

#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <list>

using test_support::until;

namespace {

std::string asking(const std::string& target, const std::string& fields = "")
{
    return target + " HTTP/1.1\r\nHost: docker\r\n" + fields + "\r\n";
}

std::string sized(const std::string& body, const std::string& status = "200 OK")
{
    return "HTTP/1.1 " + status +
           "\r\nServer: Docker\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n[{}\r\n1\r\n]\r\n0\r\nA: "
    "b\r\n\r\n";
const std::string info = asking("GET /v1.41/info");
const std::string start = asking("POST /containers/x/stop");
const std::string stopped = "HTTP/1.1 204 No Content\r\n\r\n";

// A session whose engine falls asleep when the test says so.
struct sleepy_session : session_fixture {
    sleepy_session() : session_fixture({.abort_grace = moment, .linger = moment})
    {
        tools.known.emplace();
    }

    static constexpr std::chrono::milliseconds moment{5};

    // By the engine, which is dialled when it has to be.
    asio::awaitable<void> exchange(std::string request, std::string answer)
    {
        const auto asked = engine.asked.size();
        co_await send(client, request);
        if (!session->connected()) upstreams.push_back(co_await accept());
        const auto seen = co_await receive(upstreams.back(), request.size());
        CHECK(seen == request);
        co_await send(upstreams.back(), answer);
        co_await expect(std::move(answer));
        CHECK(engine.asked.size() == asked + 1);
    }

    asio::awaitable<void> expect(std::string answer)
    {
        const auto seen = co_await receive(client, answer.size());
        CHECK(seen == answer);
    }

    // Without the engine.
    asio::awaitable<void> expect_known(std::string request, std::string answer)
    {
        const auto asked = engine.asked.size();
        co_await send(client, request);
        co_await expect(std::move(answer));
        CHECK(engine.asked.size() == asked);
        CHECK(engine.sleeping);
        CHECK(engine.leases == 0);
    }

    // The request is one that the engine has to be awake for.
    asio::awaitable<void> expect_waking(std::string request, std::string answer)
    {
        engine.sleeping = true;
        co_await exchange(std::move(request), std::move(answer));
        CHECK_FALSE(engine.sleeping);
    }

    void fall_asleep()
    {
        session->let_go();
        engine.sleeping = true;
    }

    // Closed at the end.
    std::list<engine_peer> upstreams;
};

}  // namespace

TEST_CASE("while the engine sleeps its last answer is given again, byte for byte")
{
    const auto& [request, answer] = GENERATE(table<std::string, std::string>({
        {info, sized("{\"a\":1}")},
        {info, sized("")},
        {asking("GET /containers/json?all=1"), chunked},
        {asking("HEAD /_ping"),
         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nApi-Version: 1.41\r\n\r\n"},
        {asking("GET /images/json"), sized(std::string(200'000, 'x'))},
    }));
    sleepy_session one;
    one.run([](sleepy_session& f, std::string asked, std::string told) -> asio::awaitable<void> {
        co_await f.exchange(asked, told);
        f.fall_asleep();
        for (int round = 0; round < 3; ++round) co_await f.expect_known(asked, told);
        f.client.close();
        co_await until([&] { return f.ended; });
    }(one, request, answer));
    CHECK_FALSE(one.broke);
    CHECK(one.dialled == 1);
}

TEST_CASE("the engine may keep its connections while it sleeps")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await f.exchange(info, sized("{}"));
        f.engine.sleeping = true;
        co_await f.expect_known(info, sized("{}"));
        CHECK(f.session->connected());
        co_await f.exchange(start, stopped);
        f.client.close();
    }(one));
    CHECK(one.dialled == 1);
}

TEST_CASE("what is known does not count while the engine is awake")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await f.exchange(info, sized("old"));
        co_await f.exchange(info, sized("new"));
        f.session->let_go();
        co_await f.exchange(info, sized("newer"));
        f.fall_asleep();
        co_await f.expect_known(info, sized("newer"));
        f.client.close();
    }(one));
}

TEST_CASE(
    "a connection that never had an engine gets known answers, and an engine when it needs one"
)
{
    sleepy_session one;
    one.engine.sleeping = true;
    one.tools.known->remember("GET /v1.41/info", sized("{}"), one.tools.known->now().value());
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await f.expect_known(info, sized("{}"));
        CHECK_FALSE(f.session->connected());
        co_await f.exchange(start, stopped);
        f.client.close();
    }(one));
    CHECK(one.dialled == 1);
    CHECK(one.engine.asked == std::vector<std::string>{"active POST /containers/x/stop"});
}

TEST_CASE("pipelined requests get known answers in order, up to the one that wakes")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await f.exchange(info, sized("i"));
        co_await f.exchange(asking("GET /version"), chunked);
        f.fall_asleep();
        co_await send(f.client, info + asking("GET /version") + info + start + info);
        co_await f.expect(sized("i") + chunked + sized("i"));
        auto engine = co_await f.accept();
        const auto rest = co_await receive(engine, start.size() + info.size());
        CHECK(rest == start + info);
        co_await send(engine, stopped + sized("later"));
        co_await f.expect(stopped + sized("later"));
        f.client.close();
    }(one));
    CHECK(one.dialled == 2);
}

TEST_CASE("what was asked before a change is not known after it")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await f.exchange(info, sized("1"));
        co_await f.exchange(start, stopped);
        co_await f.expect_waking(info, sized("2"));
        f.tools.known->forget();
        co_await f.expect_waking(info, sized("3"));
        f.fall_asleep();
        co_await f.expect_known(info, sized("3"));
        f.client.close();
    }(one));
}

TEST_CASE("an answer is not learnt while something may be changing")
{
    const bool request_is_first = GENERATE(true, false);
    sleepy_session one;
    one.run([](sleepy_session& f, bool asks_first) -> asio::awaitable<void> {
        const auto requests = asks_first ? info + start : start + info;
        co_await send(f.client, requests);
        f.upstreams.push_back(co_await f.accept());
        co_await receive(f.upstreams.back(), requests.size());
        const auto answers = asks_first ? sized("1") + stopped : stopped + sized("1");
        co_await send(f.upstreams.back(), answers);
        co_await f.expect(answers);
        co_await f.expect_waking(info, sized("2"));
        f.fall_asleep();
        co_await f.expect_known(info, sized("2"));
        f.client.close();
    }(one, request_is_first));
}

TEST_CASE("a change in the middle of an answer spoils it")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await send(f.client, info);
        f.upstreams.push_back(co_await f.accept());
        co_await receive(f.upstreams.back(), info.size());
        const auto answer = sized("told");
        co_await send(f.upstreams.back(), answer.substr(0, answer.size() - 2));
        co_await receive(f.client, answer.size() - 2);
        f.tools.known->forget();
        co_await send(f.upstreams.back(), answer.substr(answer.size() - 2));
        co_await receive(f.client, 2);
        co_await f.expect_waking(info, sized("new"));
        f.client.close();
    }(one));
}

TEST_CASE("bytes that are no HTTP may change anything, for as long as they may come")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        f.tools.known->remember("GET /info", sized("{}"), f.tools.known->now().value());
        co_await send(f.client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        auto engine = co_await f.accept();
        co_await receive(engine, 24);
        CHECK_FALSE(f.tools.known->now());
        f.client.close();
        co_await until([&] { return f.ended; });
        CHECK(f.tools.known->now());
        CHECK_FALSE(f.tools.known->find("GET /info"));
    }(one));
}

TEST_CASE("one that only watches changes nothing")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        f.tools.known->remember("GET /info", sized("{}"), f.tools.known->now().value());
        co_await f.exchange(asking("GET /services/x/logs?follow=1"), chunked);
        f.fall_asleep();
        co_await f.expect_known(asking("GET /info"), sized("{}"));
        co_await f.expect_waking(asking("GET /services/x/logs?follow=1"), chunked);
        f.client.close();
    }(one));
    CHECK(one.engine.asked == std::vector<std::string>(2, "watching GET /services/x/logs"));
}

TEST_CASE("answers that do not last, or do not end by themselves, are not known")
{
    const auto& [request, answer] = GENERATE(table<std::string, std::string>({
        {info, sized("{}", "500 Internal Server Error")},
        {info, sized("{}", "404 Not Found")},
        {info, "HTTP/1.1 304 Not Modified\r\n\r\n"},
        {info, "HTTP/1.1 103 Early Hints\r\n\r\n" + sized("{}")},
        {asking("GET /system/df"), sized("{}")},
        {asking("GET /containers/x/json?size=1"), sized("{}")},
        {asking("GET /containers/x/logs"), sized("{}")},
        {asking("GET /new/thing"), sized("{}")},
        {asking("GET /info", "Authorization: x\r\n"), sized("{}")},
        {asking("GET /info", "Content-Length: 0\r\n"), sized("{}")},
        {asking("GET /info", "Content-Length: 2\r\n") + "{}", sized("{}")},
        {"GET /info HTTP/1.1\r\n\r\n", sized("{}")},
        {info, sized(std::string(1 << 20, 'x'))},
    }));
    sleepy_session one;
    one.run([](sleepy_session& f, std::string asked, std::string told) -> asio::awaitable<void> {
        for (int round = 0; round < 2; ++round) {
            f.session->let_go();
            co_await f.expect_waking(asked, told);
        }
        f.client.close();
    }(one, request, answer));
    CHECK(one.dialled == 2);
}

TEST_CASE("an answer that ends with its connection is not known")
{
    const auto* answer = GENERATE(
        "HTTP/1.1 200 OK\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    );
    sleepy_session one;
    one.run([](sleepy_session& f, std::string told) -> asio::awaitable<void> {
        co_await send(f.client, info);
        auto engine = co_await f.accept();
        co_await receive(engine, info.size());
        co_await send(engine, told);
        engine.close();
        const auto all = co_await receive_all(f.client);
        CHECK(all == told);
        f.client.close();
    }(one, answer));
    CHECK_FALSE(one.tools.known->find("GET /v1.41/info"));
}

TEST_CASE("half an answer is not known")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await send(f.client, info);
        auto engine = co_await f.accept();
        co_await receive(engine, info.size());
        const auto told = sized("told");
        co_await send(engine, told.substr(0, told.size() - 1));
        engine.close();
        co_await receive_all(f.client);
        f.client.close();
    }(one));
    CHECK_FALSE(one.tools.known->find("GET /v1.41/info"));
}

TEST_CASE("a large chunked answer passes as a whole although nobody can remember it")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (int each = 0; each < 48; ++each)
            answer += "10000\r\n" + std::string(65536, 'x') + "\r\n";
        answer += "0\r\n\r\n";
        co_await send(f.client, info);
        f.upstreams.push_back(co_await f.accept());
        co_await receive(f.upstreams.back(), info.size());
        asio::co_spawn(f.loop, send(f.upstreams.back(), answer), asio::detached);
        co_await f.expect(answer);
        CHECK_FALSE(f.tools.known->find("GET /v1.41/info"));
        co_await f.exchange(info, sized("{}"));
        f.client.close();
    }(one));
    CHECK(one.tools.known->find("GET /v1.41/info") == sized("{}"));
}

TEST_CASE("requests are told apart by method, version and query")
{
    sleepy_session one;
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await f.exchange(info, sized("{}"));
        co_await f.expect_waking(asking("GET /info"), sized("1"));
        co_await f.expect_waking(asking("GET /v1.41/info?a"), sized("2"));
        co_await f.expect_waking(
            asking("HEAD /v1.41/info"), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        );
        co_await f.expect_waking(asking("GET /v1.41/info", "X-Odd: 1\r\n"), sized("3"));
        f.fall_asleep();
        co_await f.expect_known(asking("GET /info", "User-Agent: other\r\n"), sized("1"));
        co_await f.expect_known(info, sized("{}"));
        f.client.close();
    }(one));
}

TEST_CASE("an answer whose paths were restored is known as the client got it", "[unix]")
{
    sleepy_session one;
    one.engine.address.shares = {config::placed_in_guest({"/etc"})};
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        const auto inspect = asking("GET /containers/abc/json");
        const auto other = asking("GET /containers/def/json");
        const auto told = sized(R"({"Mounts":[{"Source":"/run/gangway/host/etc/x"}]})");
        const auto known = sized(R"({"Mounts":[{"Source":"/etc/x"}]})");
        co_await send(f.client, inspect);
        f.upstreams.push_back(co_await f.accept());
        co_await receive(f.upstreams.back(), inspect.size());
        co_await send(f.upstreams.back(), told);
        co_await f.expect(known);
        // One without such a path.
        co_await f.exchange(other, chunked);
        f.fall_asleep();
        co_await f.expect_known(inspect, known);
        co_await f.expect_known(other, chunked);
        f.client.close();
    }(one));
}

TEST_CASE("a client that goes in the middle of known answers leaves no trace")
{
    sleepy_session one;
    one.engine.sleeping = true;
    one.tools.known->remember(
        "GET /v1.41/info", sized(std::string(900'000, 'x')), one.tools.known->now().value()
    );
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await send(f.client, info + info + info);
        co_await receive_some(f.client);
        f.client.close();
        co_await until([&] { return f.ended; });
    }(one));
    CHECK(one.engine.asked.empty());
    CHECK(one.engine.waiting == 0);
}

TEST_CASE("without a memory every request wakes the engine")
{
    sleepy_session one;
    one.tools.known.reset();
    one.run([](sleepy_session& f) -> asio::awaitable<void> {
        co_await f.exchange(info, sized("{}"));
        co_await f.expect_waking(info, sized("{}"));
        f.client.close();
    }(one));
}
