// What sessions count: answers by what was asked, and bytes.
#include "proxy/traffic.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/proxy/counted_answers.hpp"
#include "tests/unit/proxy/session_fixture.hpp"

#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace proxy;

namespace {

std::string asking(const std::string& request)
{
    return request + " HTTP/1.1\r\nHost: docker\r\n\r\n";
}

std::string answering(const std::string& status, const std::string& body)
{
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

std::string name_of(const std::string& method, const std::string& target)
{
    const auto name = find_named_route(method, target).name;
    return std::string(to_string(name.method)) + " " + route_pattern(name.route);
}

// Asks, and has the engine answer.
asio::awaitable<void> exchange(
    session_fixture& f, engine_peer& engine, std::string request, std::string answer
)
{
    co_await send(f.client, request);
    const auto seen = co_await receive(engine, request.size());
    CHECK(seen == request);
    co_await send(engine, answer);
    const auto got = co_await receive(f.client, answer.size());
    CHECK(got == answer);
}

}  // namespace

TEST_CASE("a request is counted by the pattern of its path, whatever its client has written there")
{
    CHECK(name_of("GET", "/v1.41/containers/4f5b/json?size=1") == "GET /containers/{id}/json");
    CHECK(name_of("POST", "/containers/web/start") == "POST /containers/{id}/start");
    CHECK(name_of("POST", "/v1.44/containers/web/stop?t=1") == "POST /containers/{id}/stop");
    CHECK(name_of("DELETE", "/images/registry.example/a/b:1") == "DELETE /images/{name}");
    CHECK(name_of("GET", "/images/registry.example/a/b:1/json") == "GET /images/{name}/json");
    CHECK(name_of("GET", "http://docker/images/search?term=a") == "GET /images/search");
    CHECK(name_of("HEAD", "/_ping") == "HEAD /_ping");
    CHECK(name_of("HEAD", "/containers/web/archive") == "HEAD /containers/{id}/archive");
    CHECK(name_of("POST", "/v1.99/some/new/thing") == "POST other");
    CHECK(name_of("GET", "/containers/web/start") == "GET other");
    CHECK(name_of("BREW", "/containers/web/start") == "other other");
    CHECK(name_of("get", "/_ping") == "other other");
    CHECK(name_of("OPTIONS", "*") == "other other");
}

TEST_CASE("each method and pattern is that of one route alone")
{
    std::set<std::string> patterns;
    for (std::size_t route = 1; route < route_count(); ++route) {
        const auto pattern = route_pattern(static_cast<std::uint8_t>(route));
        CAPTURE(pattern);
        CHECK(pattern.starts_with('/'));
        CHECK(pattern.find('*') == std::string::npos);
        // Its own path leads to it, or the table has a row that none can reach.
        bool reached = false;
        for (const std::string method : {"GET", "POST", "PUT", "DELETE"}) {
            if (find_named_route(method, pattern).name.route != route) continue;
            reached = true;
            CHECK(patterns.insert(method + pattern).second);
        }
        CHECK(reached);
    }
    CHECK(patterns.size() == route_count() - 1);
}

TEST_CASE("answers are counted by route, method and status")
{
    traffic counted;
    const auto inspect = find_named_route("GET", "/containers/a/json").name;
    const auto other = find_named_route("GET", "/nonsense").name;
    for (int round = 0; round < 3; ++round) counted.answers.add(inspect, 200);
    counted.answers.add(inspect, 404);
    counted.answers.add(other, 404);
    CHECK(
        answers_in(counted) ==
        counted_answers{
            {"GET /containers/{id}/json 200", 3},
            {"GET /containers/{id}/json 404", 1},
            {"GET other 404", 1}}
    );
}

TEST_CASE("every request on a connection counts once, with the engine's status")
{
    session_fixture one;
    const auto list = asking("GET /v1.41/containers/json");
    const auto inspect = asking("GET /containers/a/json");
    const auto missing = answering("404 Not Found", "{}");
    const auto listed = answering("200 OK", "[]");
    // An interim answer is none.
    const auto created = "HTTP/1.1 100 Continue\r\n\r\n" + answering("201 Created", "{}");
    const auto create = asking("POST /images/create?fromImage=a");
    one.run(
        [](session_fixture& f,
           std::vector<std::pair<std::string, std::string>> talk) -> asio::awaitable<void> {
            co_await send(f.client, talk.front().first);
            auto engine = co_await f.accept();
            co_await receive(engine, talk.front().first.size());
            co_await send(engine, talk.front().second);
            co_await receive(f.client, talk.front().second.size());
            for (std::size_t next = 1; next < talk.size(); ++next)
                co_await exchange(f, engine, talk[next].first, talk[next].second);
            f.client.close();
        }(one, {{list, listed}, {inspect, missing}, {list, listed}, {create, created}})
    );
    CHECK(
        answers_in(one.tools.counted) ==
        counted_answers{
            {"GET /containers/json 200", 2},
            {"GET /containers/{id}/json 404", 1},
            {"POST /images/create 201", 1}}
    );
    CHECK(one.tools.counted.to_engine == 2 * list.size() + inspect.size() + create.size());
    CHECK(one.tools.counted.to_client == 2 * listed.size() + missing.size() + created.size());
}

TEST_CASE("a hijacked stream's bytes count in both directions, and its answer when it comes")
{
    session_fixture one;
    const std::string attach =
        "POST /containers/x/attach HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    const std::string upgraded =
        "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    one.run(
        [](session_fixture& f, std::string request, std::string answer) -> asio::awaitable<void> {
            CHECK(f.session->stream() == open_stream::none);
            co_await send(f.client, request);
            auto engine = co_await f.accept();
            co_await receive(engine, request.size());
            co_await send(engine, answer);
            co_await receive(f.client, answer.size());
            CHECK(f.session->stream() == open_stream::hijacked);
            CHECK(
                answers_in(f.tools.counted) ==
                counted_answers{{"POST /containers/{id}/attach 101", 1}}
            );

            co_await send(f.client, "stdin");
            co_await receive(engine, 5);
            // While the stream goes on.
            CHECK(f.tools.counted.to_engine == request.size() + 5);
            co_await send(engine, "output");
            co_await receive(f.client, 6);
            CHECK(f.tools.counted.to_client == answer.size() + 6);

            const auto much = test_support::patterned_bytes(3'000'000);
            asio::co_spawn(f.loop, send(engine, much), asio::detached);
            const auto got = co_await receive(f.client, much.size());
            CHECK((got == much));
            CHECK(f.tools.counted.to_client == answer.size() + 6 + much.size());
            f.client.close();
        }(one, attach, upgraded)
    );
    CHECK(answers_in(one.tools.counted).size() == 1);
}

TEST_CASE("bytes that no HTTP is are counted, as bytes alone")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "\x16\x03\x01 what is that\r\n\r\n");
        auto engine = co_await f.accept();
        const auto seen = co_await receive_some(engine);
        CHECK(f.session->stream() == open_stream::raw);
        CHECK(f.tools.counted.to_engine == seen.size());
        co_await send(engine, "HTTP/1.1 400 Bad Request\r\n\r\n");
        co_await receive(f.client, 28);
        f.client.close();
    }(one));
    CHECK(answers_in(one.tools.counted).empty());
    CHECK(one.tools.counted.to_client == 28);
}

TEST_CASE("a download that the kernel moves is counted to the byte")
{
    session_fixture one;
    const auto response = answering("200 OK", test_support::patterned_bytes(5'000'000));
    one.run([](session_fixture& f, std::string answer) -> asio::awaitable<void> {
        const auto save = asking("GET /images/x/get");
        co_await send(f.client, save);
        auto engine = co_await f.accept();
        co_await receive(engine, save.size());
        asio::co_spawn(f.loop, send(engine, answer), asio::detached);
        const auto got = co_await receive(f.client, answer.size());
        CHECK((got == answer));
        co_await test_support::until([&f] { return f.engine.leases == 0; });
        f.client.close();
    }(one, response));
    CHECK(one.tools.counted.to_client == response.size());
    CHECK(answers_in(one.tools.counted) == counted_answers{{"GET /images/{name}/get 200", 1}});
}

TEST_CASE("an answer of ours in place of an engine counts as what the client was told")
{
    session_fixture one;
    one.engine.refusal = "the VM did not wake";
    std::size_t told = 0;
    one.run([](session_fixture& f, std::size_t& size) -> asio::awaitable<void> {
        co_await send(f.client, asking("POST /containers/create"));
        const auto reply = co_await receive_all(f.client);
        CHECK(reply.starts_with("HTTP/1.1 503 "));
        size = reply.size();
        f.client.close();
    }(one, told));
    CHECK(answers_in(one.tools.counted) == counted_answers{{"POST /containers/create 503", 1}});
    CHECK(one.tools.counted.to_engine == 0);
    CHECK(one.tools.counted.to_client == told);
}

TEST_CASE("a request that the engine never answers is not counted as answered")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, asking("GET /info"));
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        engine.close();
        const auto nothing = co_await receive_all(f.client);
        CHECK(nothing.empty());
        f.client.close();
    }(one));
    CHECK(answers_in(one.tools.counted).empty());
}

TEST_CASE("what is answered from memory counts as an answer, and as one from memory")
{
    session_fixture one;
    one.tools.known.emplace();
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        const auto info = asking("GET /info");
        const auto answer = answering("200 OK", "{}");
        co_await send(f.client, info);
        auto engine = co_await f.accept();
        co_await receive(engine, info.size());
        co_await send(engine, answer);
        co_await receive(f.client, answer.size());
        f.session->let_go();
        f.engine.sleeping = true;
        co_await send(f.client, info);
        co_await receive(f.client, answer.size());
        CHECK(f.engine.sleeping);
        CHECK(f.tools.counted.to_engine == info.size());
        CHECK(f.tools.counted.to_client == 2 * answer.size());
        f.client.close();
    }(one));
    CHECK(one.tools.counted.known_answers == 1);
    CHECK(answers_in(one.tools.counted) == counted_answers{{"GET /info 200", 2}});
}
