// The control protocol from the client's side, against a real socket that answers well and badly.
#include "gangway/control_client.hpp"

#include "fake_daemon.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace std::chrono_literals;
using Catch::Contains;
using gangway::control_client;
using test_support::raw_client;
using test_support::test_directory;
using lines = std::vector<std::string>;

namespace {

constexpr std::string_view until_close = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

control_client client_of(const std::filesystem::path& socket)
{
    return control_client(config::unix_endpoint{socket});
}

// What each line of the answer was, of a daemon that answers by `script`.
lines followed(const fake_daemon::script& script)
{
    const test_directory directory;
    const fake_daemon daemon(directory / "s", {script});
    lines got;
    client_of(directory / "s").follow("/v1/logs", [&](std::string_view line) {
        got.emplace_back(line);
    });
    return got;
}

}  // namespace

TEST_CASE("an answer with a length is given whole")
{
    const test_directory directory;
    const fake_daemon daemon(directory / "s", {answers(R"({"version": "1"})")});
    CHECK(client_of(directory / "s").get("/v1/version") == R"({"version": "1"})");
    CHECK(daemon.requests() == lines{"GET /v1/version HTTP/1.1"});
}

TEST_CASE("lines are cut out of an answer, however it is delimited and divided")
{
    const auto script = GENERATE(
        streams({"one\ntwo\n\nthree"}),
        streams({"o", "ne\nt", "wo\n", "\n", "three"}),
        answers("one\ntwo\n\nthree"),
        sends(std::string(until_close) + "one\ntwo\n\nthree")
    );
    CHECK(followed(script) == lines{"one", "two", "", "three"});
}

TEST_CASE("an answer without a body has no lines")
{
    const auto script = GENERATE(
        streams({}), answers(""), sends(std::string(until_close)), answers("", "204 No Content")
    );
    CHECK(followed(script).empty());
}

TEST_CASE("a line longer than any buffer comes whole")
{
    const std::string line(300000, 'x');
    CHECK(followed(streams({line, "\n"})) == lines{line});
}

TEST_CASE("a line is given as it comes, before the answer has ended")
{
    const test_directory directory;
    std::promise<void> first_seen;
    const fake_daemon daemon(directory / "s", {[&](raw_client& client) {
                                 client.send(stream_head() + chunk("one\n"));
                                 first_seen.get_future().wait_for(test_support::patience);
                                 client.send(chunk("two\n") + last_chunk());
                             }});
    lines got;
    client_of(directory / "s").follow("/v1/logs", [&](std::string_view line) {
        got.emplace_back(line);
        if (got.size() == 1) first_seen.set_value();
    });
    CHECK(got == lines{"one", "two"});
}

TEST_CASE("whoever waits for a line has a pulse meanwhile")
{
    const test_directory directory;
    std::promise<void> waited;
    const fake_daemon daemon(directory / "s", {[&](raw_client& client) {
                                 waited.get_future().wait_for(test_support::patience);
                                 client.send(stream_head() + chunk("one\n") + last_chunk());
                             }});
    lines got;
    int beats = 0;
    client_of(directory / "s")
        .post(
            "/v1/up",
            [&](std::string_view line) { got.emplace_back(line); },
            [&] {
                if (++beats == 3) waited.set_value();
            },
            1ms
        );
    CHECK(got == lines{"one"});
    CHECK(beats >= 3);
    CHECK(daemon.requests() == lines{"POST /v1/up HTTP/1.1"});
}

TEST_CASE("a refusal is the daemon's own sentence")
{
    const auto [script, sentence] = GENERATE(table<fake_daemon::script, std::string>({
        {answers(R"({"message": "there is no VM"})", "409 Conflict"), "there is no VM"},
        {answers("{\"message\": \"\\u001b[2J\"}", "500 Oops"), "?[2J"},
        {answers("gone", "404 Not Found"), "the daemon answers with status 404: gone"},
        {answers("", "500 Oops"), "the daemon answers with status 500"},
        {answers(R"({"message": 3})", "500 Oops"),
         R"(the daemon answers with status 500: {"message": 3})"},
    }));
    CHECK_THROWS_WITH(followed(script), sentence);
}

TEST_CASE("an answer that ends early is a failure that says so")
{
    const auto script = GENERATE(
        sends(""),
        sends("HTTP/1.1 200 OK\r\nConte"),
        sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        sends(stream_head() + chunk("one\n")),
        sends(stream_head() + "5\r\non")
    );
    CHECK_THROWS_WITH(followed(script), Contains("ended before its answer did"));
}

TEST_CASE("what does not speak HTTP is a failure that says so")
{
    const auto script = GENERATE(
        sends("SSH-2.0-OpenSSH_9.2\r\n"),
        sends("HTTP/1.1 200 OK\r\nbad header line\r\n\r\n"),
        sends(stream_head() + "zz\r\none\r\n"),
        sends(std::string("\0\0\0\0\r\n\r\n", 8)),
        sends("HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'x') + "\r\n\r\n")
    );
    CHECK_THROWS_WITH(followed(script), Contains("does not speak gangwayd's protocol"));
}

TEST_CASE("where nobody listens the daemon is not running")
{
    const test_directory directory;
    const auto path = GENERATE(as<std::string>(), "none", "no/such/directory", "stale", "file/s");
    {
        const test_support::raw_listener gone(directory / "stale");
    }
    test_support::write_file(directory / "file", "");
    const auto client = client_of(directory / path);
    CHECK_FALSE(client.reachable());
    try {
        client.get("/v1/status");
        FAIL("was answered");
    } catch (const gangway::failure& failure) {
        CHECK(failure.status() == gangway::exit_status::daemon_not_running);
        CHECK_THAT(failure.what(), Contains((directory / path).string()));
    }
}

TEST_CASE("a path that is too long for a socket is a failure")
{
    const auto client = client_of("/" + std::string(200, 'x'));
    CHECK_THROWS_AS(client.get("/v1/status"), gangway::failure);
}

TEST_CASE("a question that must not take for ever has an end, and its answer a date")
{
    const test_directory directory;
    {
        const fake_daemon daemon(
            directory / "s",
            {sends("HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 2\r\n\r\nOK"), answers("")}
        );
        const auto dated = client_of(directory / "s").ask("/_ping", 10s);
        CHECK(dated.body == "OK");
        CHECK(dated.date == "today");
        CHECK(client_of(directory / "s").ask("/_ping", 10s).date.empty());
    }
    const fake_daemon silent(directory / "t", {[](raw_client& client) { client.receive_all(); }});
    CHECK_THROWS_WITH(client_of(directory / "t").ask("/_ping", 20ms), Contains("does not answer"));
}
