// Requests and answers with Windows' paths, on their way through a session.
#include "config/percent_encoding.hpp"
#include "session_fixture.hpp"
#include "windows_disk.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace {

std::string with_length(const std::string& head, const std::string& body)
{
    return head + "\r\nHost: d\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

std::string create(const std::string& source)
{
    const auto bind = nlohmann::json(source + ":/w:ro").dump();
    return with_length(
        "POST /v1.41/containers/create HTTP/1.1", R"({"HostConfig":{"Binds":[)" + bind + "]}}"
    );
}

// A session of a machine that runs Windows.
struct windows_session : session_fixture {
    windows_session()
    {
        engine.address.shares = {config::placed_in_guest({R"(C:\Users\Me)"})};
        tools.docker_sockets = {"//./pipe/docker_engine"};
        tools.paths.dialect = config::path_dialect::windows;
        tools.paths.real = [disk = windows_disk()](const std::string& path) {
            return disk.real(path);
        };
        // Called on another thread, before the engine gets the request.
        tools.paths.make = [this](const std::string& path) { made.push_back(path); };
    }

    asio::awaitable<void> expect_at_engine(engine_peer& socket, std::string request)
    {
        const auto seen = co_await receive(socket, request.size());
        CHECK(seen == request);
    }

    std::vector<std::string> made;
};

}  // namespace

TEST_CASE("the engine of a Windows machine gets the guest's form, and the directory is made here")
{
    windows_session one;
    one.run([](windows_session& f) -> asio::awaitable<void> {
        co_await send(f.client, create(R"(c:\users\me\SRC\new)"));
        auto engine = co_await f.accept();
        co_await f.expect_at_engine(engine, create("/c/Users/Me/Src/new"));
        CHECK(f.made == std::vector<std::string>{R"(C:\Users\Me\Src\new)"});
        // Not found, in words that this machine's user knows.
        const std::string head = "HTTP/1.1 400 Bad Request";
        co_await send(
            engine, with_length(head, R"({"message":"no such file: /c/Users/Me/Src/new"})")
        );
        const auto known =
            with_length(head, R"({"message":"no such file: C:\\Users\\Me\\Src\\new"})");
        const auto seen = co_await receive(f.client, known.size());
        CHECK(seen == known);
        f.client.close();
    }(one));
}

TEST_CASE("a request in the guest's form reaches the engine byte for byte")
{
    windows_session one;
    one.run([](windows_session& f) -> asio::awaitable<void> {
        const auto request = create("/c/Users/Me/Src");
        co_await send(f.client, request);
        auto engine = co_await f.accept();
        co_await f.expect_at_engine(engine, request);
        f.client.close();
    }(one));
}

TEST_CASE("containers are found by a path of Windows, in whatever form")
{
    const auto written =
        GENERATE(as<std::string>(), R"(C:\Users\Me)", "c:/users/ME", "//c/Users/Me");
    windows_session one;
    one.run([](windows_session& f, const std::string& path) -> asio::awaitable<void> {
        const auto list = [](const std::string& filters) {
            return "GET /v1.41/containers/json?filters=" + config::percent_encoded(filters) +
                   " HTTP/1.1\r\nHost: d\r\n\r\n";
        };
        const auto quoted = nlohmann::json(path).dump();
        const auto asked = list(R"({"volume":{)" + quoted + R"(:true,"v":true}})");
        co_await send(f.client, asked);
        auto engine = co_await f.accept();
        const auto seen =
            list(R"({"volume":{)" + quoted + R"(:true,"/c/Users/Me":true,"v":true}})");
        co_await f.expect_at_engine(engine, seen);
        CHECK(f.made.empty());
        f.client.close();
    }(one, written));
}

TEST_CASE("Docker's pipe is the engine's socket in a container")
{
    windows_session one;
    one.run([](windows_session& f) -> asio::awaitable<void> {
        co_await send(f.client, create("//./pipe/docker_engine"));
        auto engine = co_await f.accept();
        co_await f.expect_at_engine(engine, create("/var/run/docker.sock"));
        CHECK(f.made.empty());
        f.client.close();
    }(one));
}

TEST_CASE("what Git Bash has mangled is answered with what to do, and makes nothing")
{
    windows_session one;
    one.run([](windows_session& f) -> asio::awaitable<void> {
        co_await send(f.client, create("C:/Program Files/Git/var/run/docker.sock"));
        auto engine = co_await f.accept();
        const auto reply = co_await receive_refusal(f.client);
        CHECK(reply.starts_with("HTTP/1.1 400 Bad Request\r\n"));
        CHECK(reply.find("MSYS_NO_PATHCONV=1") != std::string::npos);
        CHECK(f.made.empty());
        f.client.close();
    }(one));
}

TEST_CASE("an inspected container has Windows' paths for sources, and its own as they are")
{
    windows_session one;
    one.run([](windows_session& f) -> asio::awaitable<void> {
        co_await send(f.client, "GET /containers/a/json HTTP/1.1\r\n\r\n");
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        const std::string head = "HTTP/1.1 200 OK";
        const std::string told =
            R"({"Mounts":[{"Source":"/c/Users/Me/x","Destination":"/c/Users/Me/x"}]})";
        const std::string known =
            R"({"Mounts":[{"Source":"C:\\Users\\Me\\x","Destination":"/c/Users/Me/x"}]})";
        co_await send(engine, with_length(head, told));
        const auto answer = with_length(head, known);
        const auto seen = co_await receive(f.client, answer.size());
        CHECK(seen == answer);
        f.client.close();
    }(one));
}
