// The control protocol over a named pipe.
#include "gangway/control_client.hpp"
#include "tests/windows/gangway/pipe_daemon.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using Catch::Contains;
using gangway::control_client;

namespace {

std::string with_length(const std::string& body)
{
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("an answer through a pipe is given whole")
{
    pipe_daemon daemon({with_length(R"({"version": "1"})")});
    CHECK(control_client(daemon.endpoint()).get("/v1/version") == R"({"version": "1"})");
    CHECK_THAT(daemon.last_request(), Catch::StartsWith("GET /v1/version HTTP/1.1\r\n"));
}

TEST_CASE("lines through a pipe are cut at their ends, until the pipe's")
{
    pipe_daemon daemon({"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none\ntwo\nthree"});
    std::vector<std::string> lines;
    control_client(daemon.endpoint()).follow("/v1/logs", [&](std::string_view line) {
        lines.emplace_back(line);
    });
    CHECK(lines == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("a refusal through a pipe is the daemon's own sentence")
{
    const std::string body = R"({"message": "there is no VM"})";
    pipe_daemon daemon(
        {"HTTP/1.1 400 Bad Request\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body}
    );
    CHECK_THROWS_WITH(control_client(daemon.endpoint()).get("/v1/up"), "there is no VM");
}

TEST_CASE("an answer that breaks off is an error")
{
    pipe_daemon daemon({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"});
    CHECK_THROWS_WITH(
        control_client(daemon.endpoint()).get("/v1/status"), Contains("ended before its answer")
    );
}

TEST_CASE("a pipe that nobody serves means that the daemon is not running")
{
    const control_client nobody(config::pipe_endpoint{"gangway-test-nobody"});
    CHECK_FALSE(nobody.reachable());
    CHECK_THROWS_AS(nobody.get("/v1/status"), gangway::daemon_not_running);
}

TEST_CASE("while nothing comes through a pipe there is a pulse, which can end the wait")
{
    const silent_pipe pipe;
    int beats = 0;
    const auto beat = [&beats] {
        if (++beats == 3) throw std::runtime_error("enough");
    };
    CHECK_THROWS_WITH(
        control_client(pipe.endpoint())
            .post(
                "/v1/up", [](std::string_view) {}, beat, 1ms
            ),
        "enough"
    );
    CHECK(beats == 3);
}

TEST_CASE("a unix socket is refused by name")
{
    const control_client client(config::unix_endpoint{"/run/x.sock"});
    CHECK_THROWS_WITH(client.get("/"), Contains("unix socket"));
}
