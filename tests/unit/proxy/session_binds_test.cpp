// Requests that name paths of this machine, on their way through a session.
#include "session_fixture.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace {

std::string post(const std::string& target, const std::string& body)
{
    return "POST " + target +
           " HTTP/1.1\r\nHost: d\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

std::string create_with(const std::string& source)
{
    return post("/v1.41/containers/create", R"({"HostConfig":{"Binds":[")" + source + R"(:/w"]}})");
}

const std::string created = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";

// A session whose engine sees `shared`; `link` beside it leads there.
struct sharing_session : session_fixture {
    sharing_session()
    {
        top = std::filesystem::canonical(directory.path());
        shared = top / "shared";
        std::filesystem::create_directory(shared);
        std::filesystem::create_directory_symlink(shared, top / "link");
        engine.address.shares = {{shared, true}};
        tools.docker_sockets = {(top / "docker.sock").string()};
    }

    test_support::test_directory directory;
    std::filesystem::path top;
    std::filesystem::path shared;
};

}  // namespace

TEST_CASE("a request whose paths are shared reaches the engine byte for byte")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        const auto request = create_with(f.shared / "x");
        co_await send(f.client, request);
        auto engine = co_await f.accept();
        const auto seen = co_await receive(engine, request.size());
        CHECK(seen == request);
        // As the engine would have, on this machine.
        CHECK(std::filesystem::is_directory(f.shared / "x"));
        co_await send(engine, created);
        const auto answer = co_await receive(f.client, created.size());
        CHECK(answer == created);
        f.client.close();
    }(one));
}

TEST_CASE("a request that is refused has made nothing")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        const auto good = (f.shared / "x").string();
        const auto body = R"({"Binds":[")" + good + R"(:/x","/opt/nothing:/y"]})";
        co_await send(f.client, post("/containers/create", body));
        auto engine = co_await f.accept();
        const auto reply = co_await receive_refusal(f.client);
        CHECK(reply.find("/opt/nothing") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(good));
        f.client.close();
    }(one));
}

TEST_CASE("a path that leads into a share is replaced, in a body of known length and in chunks")
{
    const bool chunked = GENERATE(false, true);
    sharing_session one;
    one.run([](sharing_session& f, bool in_chunks) -> asio::awaitable<void> {
        const auto body = [](const std::filesystem::path& source) {
            return R"({"HostConfig":{"Binds":[")" + source.string() + R"(:/w"]}, "z":1e400})";
        };
        const auto before = body(f.top / "link/x");
        const auto after = body(f.shared / "x");
        const std::string head =
            "POST /containers/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        const auto hexadecimal = [](std::size_t number) {
            std::array<char, 20> text{};
            std::snprintf(text.data(), text.size(), "%zx", number);
            return std::string(text.data());
        };
        std::string expected = post("/containers/create", after);
        if (in_chunks) {
            expected = head + hexadecimal(after.size()) + "\r\n" + after + "\r\n0\r\n\r\n";
            co_await send(f.client, head + "5\r\n" + before.substr(0, 5) + "\r\n");
            co_await send(
                f.client,
                hexadecimal(before.size() - 5) + "\r\n" + before.substr(5) + "\r\n0\r\n\r\n"
            );
        } else {
            co_await send(f.client, post("/containers/create", before));
        }
        auto engine = co_await f.accept();
        const auto seen = co_await receive(engine, expected.size());
        CHECK(seen == expected);
        f.client.close();
    }(one, chunked));
}

TEST_CASE("containers are filtered by the path that the client knows, too")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        const auto list = [](const std::string& query) {
            return "GET /containers/json" + query + " HTTP/1.1\r\nHost: d\r\n\r\n";
        };
        const auto link = (f.top / "link").string();
        const auto shared = f.shared.string();
        const std::string none = "?all=1&filters=%7B%22volume%22%3A%5B%22/opt/x%22%2C%22v%22%5D%7D";
        co_await send(f.client, list("?filters=%7B%22volume%22:[%22" + link + "%22]%7D&all=1"));
        co_await send(f.client, list(none));
        auto engine = co_await f.accept();
        const auto expected = list(
            "?all=1&filters=%7B%22volume%22%3A%5B%22" + link + "%22%2C%22" + shared + "%22%5D%7D"
        );
        const auto seen = co_await receive(engine, expected.size());
        CHECK(seen == expected);
        co_await send(engine, created);
        const auto answer = co_await receive(f.client, created.size());
        CHECK(answer == created);
        // Neither is a path that the engine knows by another name.
        const auto next = co_await receive(engine, list(none).size());
        CHECK(next == list(none));
        f.client.close();
    }(one));
}

TEST_CASE("a path that is not shared is refused here, and the connection goes on")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        co_await send(f.client, create_with("/opt/nothing"));
        auto engine = co_await f.accept();
        const auto reply = co_await receive_refusal(f.client);
        CHECK(reply.starts_with("HTTP/1.1 400 Bad Request\r\n"));
        CHECK(reply.find("/opt/nothing is not shared") != std::string::npos);
        CHECK(reply.find(f.shared.string()) != std::string::npos);
        CHECK(f.engine.leases == 0);
        const std::string ping = "GET /_ping HTTP/1.1\r\n\r\n";
        co_await send(f.client, ping);
        const auto seen = co_await receive(engine, ping.size());
        CHECK(seen == ping);
        co_await send(engine, created);
        const auto answer = co_await receive(f.client, created.size());
        CHECK(answer == created);
        f.client.close();
    }(one));
}

TEST_CASE("a refusal waits for the answers to the requests before it")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        const std::string list = "GET /containers/json HTTP/1.1\r\n\r\n";
        co_await send(f.client, list + create_with("/opt/nothing") + list);
        auto engine = co_await f.accept();
        const auto seen = co_await receive(engine, list.size());
        CHECK(seen == list);
        co_await send(engine, created);
        const auto first = co_await receive(f.client, created.size());
        CHECK(first == created);
        const auto reply = co_await receive_refusal(f.client);
        CHECK(reply.starts_with("HTTP/1.1 400 "));
        const auto last = co_await receive(engine, list.size());
        CHECK(last == list);
        f.client.close();
    }(one));
}

TEST_CASE("a client that waits for 100 Continue gets it, once")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        const std::string body = R"({"Binds":["/proc:/p"]})";
        const std::string line = "POST /containers/create HTTP/1.1\r\n";
        const auto length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        co_await send(f.client, line + "Expect: 100-Continue\r\n" + length);
        auto engine = co_await f.accept();
        const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto interim = co_await receive(f.client, go_on.size());
        CHECK(interim == go_on);
        co_await send(f.client, body);
        const auto expected = line + length + body;
        const auto seen = co_await receive(engine, expected.size());
        CHECK(seen == expected);
        f.client.close();
    }(one));
}

TEST_CASE("half a body and then the end is the engine's to answer, although it names paths")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        const auto request = create_with("/opt/nothing");
        const auto half = request.substr(0, request.size() - 3);
        co_await send(f.client, half);
        finish(f.client);
        auto engine = co_await f.accept();
        const auto seen = co_await receive_all(engine);
        CHECK(seen == half);
        engine.close();
    }(one));
}

TEST_CASE("a request too large to be held is refused, and what follows is served")
{
    sharing_session one;
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        co_await send(f.client, post("/containers/create", std::string(17 << 20, ' ')));
        auto engine = co_await f.accept();
        const auto reply = co_await receive_refusal(f.client);
        CHECK(reply.find("too large") != std::string::npos);
        const std::string ping = "GET /_ping HTTP/1.1\r\n\r\n";
        co_await send(f.client, ping);
        const auto seen = co_await receive(engine, ping.size());
        CHECK(seen == ping);
        f.client.close();
    }(one));
}

TEST_CASE("where it is not known what the engine sees, paths are between client and engine")
{
    sharing_session one;
    one.engine.address.shares.reset();
    one.run([](sharing_session& f) -> asio::awaitable<void> {
        const auto request = create_with("/opt/anything");
        co_await send(f.client, request.substr(0, 100));
        auto engine = co_await f.accept();
        const auto begun = co_await receive(engine, 100);
        co_await send(f.client, request.substr(100));
        const auto rest = co_await receive(engine, request.size() - 100);
        CHECK(begun + rest == request);
        f.client.close();
    }(one));
}
