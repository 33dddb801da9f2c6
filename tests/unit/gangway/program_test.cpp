// The real program, on pipes and on a terminal, against a control socket that the test answers.
#include "fake_daemon.hpp"
#include "program_stage.hpp"
#include "status_example.hpp"
#include "tests/support/process.hpp"
#include "tests/support/pty.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <future>

using Catch::Contains;
using test_support::process_result;
using test_support::raw_client;
using test_support::test_directory;
using stage = program_stage;
using words = std::vector<std::string>;

namespace {

constexpr auto ready_line = "{\"done\": true, \"state\": \"ready\", \"elapsed_ms\": 61230}\n";

}  // namespace

TEST_CASE("gangway up on a pipe prints a line a stage and the total")
{
    const stage here;
    const fake_daemon daemon(
        here.control(),
        {streams(
            {"{\"stage\": \"image\", \"elapsed_ms\": 3}\n",
             "{\"stage\": \"kernel\", \"elapsed_ms\": 4120, \"guest_ms\": 3480}\n",
             ready_line}
        )}
    );
    const auto result = here.run({"up"});
    CHECK(result.exit_status == 0);
    CHECK(
        result.out ==
        "image         0.0 s\n"
        "kernel        4.1 s  (guest 3.4 s)\n"
        "ready after 61.2 s\n"
    );
    CHECK(result.err.empty());
    CHECK(daemon.requests() == words{"POST /v1/up HTTP/1.1"});
}

TEST_CASE("gangway down and restart ask for what they say")
{
    const std::string command = GENERATE("down", "restart", "poweroff", "reset");
    const stage here;
    const fake_daemon daemon(here.control(), {streams({ready_line})});
    CHECK(here.run({command}).exit_status == 0);
    CHECK(daemon.requests() == words{"POST /v1/" + command + " HTTP/1.1"});
}

TEST_CASE("gangway up on a terminal redraws its last line while it waits")
{
    const stage here;
    auto environment = here.environment();
    std::string reset = "\x1b[0m";
    SECTION("in colour") {}
    SECTION("without, when NO_COLOR is set")
    {
        environment["NO_COLOR"] = "1";
        reset.clear();
    }
    std::promise<void> watched;
    const fake_daemon daemon(
        here.control(), {[&](raw_client& client) {
            client.send(stream_head() + chunk("{\"stage\": \"define\", \"elapsed_ms\": 100}\n"));
            watched.get_future().wait_for(test_support::patience);
            client.send(chunk(ready_line) + last_chunk());
        }}
    );
    test_support::pty_process terminal(here.command({"up"}), environment);
    terminal.expect("define        0.1 s\r\n");
    // Once with the stage's line; after that only the clock can be the reason.
    for (int time = 0; time < 3; ++time) terminal.expect("waiting for power-on" + reset);
    watched.set_value();
    CHECK(terminal.finish() == 0);
    CHECK_THAT(terminal.screen(), Contains("ready after 61.2 s" + reset + "\r\n"));
    CHECK((terminal.screen().find("\x1b[1;32m") != std::string::npos) == !reset.empty());
}

TEST_CASE("a start that fails ends with the daemon's sentence and status 1")
{
    const stage here;
    const fake_daemon daemon(
        here.control(),
        {streams(
            {"{\"stage\": \"image\", \"elapsed_ms\": 3}\n",
             "{\"error\": \"there is no image; build one\", \"elapsed_ms\": 4}\n"}
        )}
    );
    const auto result = here.run({"up"});
    CHECK(result.exit_status == 1);
    CHECK(result.out == "image         0.0 s\n");
    CHECK(result.err == "gangway: there is no image; build one\n");
}

TEST_CASE("progress that stops, or is none, is a failure")
{
    const auto [script, sentence] = GENERATE(table<fake_daemon::script, std::string>({
        {streams({"{\"stage\": \"image\", \"elapsed_ms\": 3}\n"}), "ended before it said"},
        {streams({"{\"stage\": \"im"}), "cannot be understood"},
        {streams({"hello\n"}), "cannot be understood"},
        {sends("220 mail.example ESMTP\r\n"), "does not speak gangwayd's protocol"},
        {sends(stream_head()), "ended before its answer did"},
        {answers("{\"message\": \"no VM here\"}", "409 Conflict"), "gangway: no VM here\n"},
    }));
    const stage here;
    const fake_daemon daemon(here.control(), {script});
    const auto result = here.run({"up"});
    CHECK(result.exit_status == 1);
    CHECK_THAT(result.err, Contains(sentence));
}

TEST_CASE("gangway status is for people, and with --json the daemon's own")
{
    const stage here;
    const auto status = status_example().dump();
    const fake_daemon daemon(here.control(), {answers(status), answers(status)});
    CHECK_THAT(here.run({"status"}).out, Contains("vm          ready for"));
    CHECK(here.run({"status", "--json"}).out == status + "\n");
}

TEST_CASE("gangway version tells both versions, and its own without a daemon")
{
    const stage here;
    {
        const fake_daemon daemon(here.control(), {answers("{\"version\": \"9.9.9\"}")});
        const auto result = here.run({"version"});
        CHECK(result.exit_status == 0);
        CHECK_THAT(result.out, Catch::Matches("gangway [0-9.]+\ngangwayd 9\\.9\\.9\n"));
    }
    const auto alone = here.run({"version"});
    CHECK(alone.exit_status == 3);
    CHECK_THAT(alone.out, Catch::Matches("gangway [0-9.]+\n"));
    CHECK_THAT(alone.err, Contains("gangwayd is not running"));
}

TEST_CASE("gangway logs prints lines, to the end")
{
    const stage here;
    const fake_daemon daemon(
        here.control(), {answers("one\ntwo\n"), streams({"one\n", "two\n", "three\n"})}
    );
    CHECK(here.run({"logs"}).out == "one\ntwo\n");
    CHECK(here.run({"logs", "-f"}).out == "one\ntwo\nthree\n");
    CHECK(daemon.requests() == words{"GET /v1/logs HTTP/1.1", "GET /v1/logs?follow=1 HTTP/1.1"});
}

TEST_CASE("gangway logs --serial follows the console through a new start of the VM")
{
    const stage here;
    auto status = status_example();
    status["vm"]["serial_log"] = (here / "serial.log").string();
    const fake_daemon daemon(here.control(), {answers(status.dump()), answers(status.dump())});
    CHECK_THAT(
        here.run({"logs", "--serial"}).err,
        Contains("there is no " + (here / "serial.log").string())
    );

    test_support::process follower(
        {.arguments = here.command({"logs", "--serial", "-f"}), .environment = here.environment()}
    );
    test_support::write_file(here / "serial.log", "the first start, with much to say\n");
    follower.expect_output("much to say\n");
    test_support::write_file(here / "serial.log", "the second\n");
    follower.expect_output("the second\n");
    follower.signal(SIGTERM);
    CHECK(follower.wait(test_support::patience).has_value());
}

TEST_CASE("gangway disk grow says a size as the configuration writes it")
{
    const stage here;
    SECTION("and the daemon does it")
    {
        const fake_daemon daemon(here.control(), {streams({ready_line})});
        CHECK(here.run({"disk", "grow", "1024GiB"}).exit_status == 0);
        CHECK(daemon.requests() == words{"POST /v1/disk/grow?size=1TiB HTTP/1.1"});
    }
    SECTION("and no other")
    {
        const fake_daemon daemon(here.control(), {});
        const std::string size = GENERATE("100GB", "512MiB", "17TiB");
        const auto result = here.run({"disk", "grow", size});
        CHECK(result.exit_status == 2);
        CHECK_THAT(result.err, Contains("from 1GiB to 16TiB; not " + size));
        CHECK(daemon.requests().empty());
    }
}

TEST_CASE("gangway download and upgrade name an image that the daemon can find")
{
    const stage here;
    const std::string digits(64, 'a');
    SECTION("a path is made absolute")
    {
        const fake_daemon daemon(here.control(), {streams({ready_line})});
        const auto result = here.run({"download", "/some where/../x&y.tar"});
        CHECK(result.exit_status == 0);
        CHECK_THAT(result.out, Contains("the image is here after "));
        CHECK(daemon.requests() == words{"POST /v1/image/download?source=/x%26y.tar HTTP/1.1"});
    }
    SECTION("a URL goes with its sha256, and an upgrade is two steps")
    {
        const fake_daemon daemon(here.control(), {streams({ready_line}), streams({ready_line})});
        const auto capitals = std::string(64, 'A');
        CHECK(here.run({"upgrade", "https://a/b?c=d", "--sha256", capitals}).exit_status == 0);
        CHECK(
            daemon.requests() ==
            words{
                "POST /v1/image/download?source=https%3A//a/b%3Fc%3Dd&sha256=" + digits +
                    " HTTP/1.1",
                "POST /v1/image/upgrade HTTP/1.1"}
        );
    }
    SECTION("without an image, an upgrade is one")
    {
        const fake_daemon daemon(here.control(), {streams({ready_line})});
        CHECK(here.run({"upgrade"}).exit_status == 0);
        CHECK(daemon.requests() == words{"POST /v1/image/upgrade HTTP/1.1"});
    }
    SECTION("what cannot be meant is not asked for")
    {
        const fake_daemon daemon(here.control(), {});
        const auto refused = [&](const words& call, const std::string& reason) {
            const auto result = here.run(call);
            CHECK(result.exit_status == 2);
            CHECK_THAT(result.err, Contains(reason));
        };
        refused({"download", "https://a/b"}, "a URL needs --sha256");
        refused({"download", "ftp://a/b", "--sha256", digits}, "only http:// and https://");
        refused({"download", "/x", "--sha256", "abc"}, "64 hexadecimal digits");
        refused({"upgrade", "--sha256", digits}, "name that, too");
        CHECK(daemon.requests().empty());
    }
}

TEST_CASE("gangway delete asks first")
{
    const stage here;
    const auto status = answers(status_example().dump());
    const std::string looked = "GET /v1/status HTTP/1.1";
    SECTION("and deletes nothing when nobody can be asked")
    {
        const fake_daemon daemon(here.control(), {status});
        const auto result = here.run({"delete"});
        CHECK(result.exit_status == 2);
        CHECK(result.err == "gangway: nothing was deleted; --yes means not to ask\n");
        CHECK(daemon.requests() == words{looked});
    }
    SECTION("and does it when the answer is yes")
    {
        const fake_daemon daemon(here.control(), {status, streams({ready_line})});
        test_support::pty_process terminal(here.command({"delete"}), here.environment());
        terminal.expect(
            "Delete the VM gangway-default with its images, containers and volumes? [y/N] "
        );
        terminal.type("y\n");
        CHECK(terminal.finish() == 0);
        CHECK(daemon.requests() == words{looked, "POST /v1/delete HTTP/1.1"});
    }
    SECTION("and leaves it when it is anything else")
    {
        const fake_daemon daemon(here.control(), {status});
        test_support::pty_process terminal(here.command({"delete"}), here.environment());
        terminal.expect("[y/N] ");
        terminal.type("\n");
        CHECK(terminal.finish() == 2);
        CHECK(daemon.requests() == words{looked});
    }
    SECTION("unless told not to")
    {
        const fake_daemon daemon(here.control(), {streams({ready_line})});
        CHECK(here.run({"delete", "--yes", "--keep-data"}).exit_status == 0);
        CHECK(daemon.requests() == words{"POST /v1/delete?keep_data=1 HTTP/1.1"});
    }
}

TEST_CASE("a quiet command shows no progress, and still says what went wrong")
{
    const stage here;
    const fake_daemon daemon(
        here.control(),
        {streams({"{\"stage\": \"image\", \"elapsed_ms\": 3}\n", ready_line}),
         streams({"{\"error\": \"no memory\", \"elapsed_ms\": 4}\n"})}
    );
    const auto good = here.run({"--quiet", "up"});
    CHECK(good.exit_status == 0);
    CHECK(good.out.empty());
    CHECK(good.err.empty());
    const auto bad = here.run({"up", "-q"});
    CHECK(bad.exit_status == 1);
    CHECK(bad.out.empty());
    CHECK(bad.err == "gangway: no memory\n");
}

TEST_CASE("what programs ask for is JSON")
{
    const stage here;
    const auto status = answers(status_example().dump());
    const fake_daemon daemon(
        here.control(),
        {status, status, status, answers("[]\n"), answers("{\"version\": \"9.9.9\"}")}
    );
    const auto json_of = [&](const std::string& command) {
        const auto result = here.run({command, "--json"});
        CHECK(result.exit_status == 0);
        return nlohmann::json::parse(result.out);
    };
    CHECK(json_of("info").at("CPUs") == 2);
    CHECK(json_of("why").at("history").size() == 2);
    CHECK(json_of("mounts").size() == 2);
    CHECK(json_of("ports").empty());
    CHECK(json_of("version").at("gangwayd") == "9.9.9");
}
