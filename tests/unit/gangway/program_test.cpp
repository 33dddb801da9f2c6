// The real program, on pipes and on a terminal, against a control socket that the test answers.
#include "fake_daemon.hpp"
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
using words = std::vector<std::string>;

namespace {

constexpr auto ready_line = "{\"done\": true, \"state\": \"ready\", \"elapsed_ms\": 61230}\n";

// A place of its own for the program, with no configuration but what a test writes there.
class stage {
public:
    std::filesystem::path control() const { return directory_ / "control.sock"; }

    std::filesystem::path operator/(std::string_view name) const { return directory_ / name; }

    test_support::environment_changes environment() const
    {
        return {
            {"HOME", directory_.path().string()},
            {"XDG_RUNTIME_DIR", (directory_ / "run").string()},
            {"TERM", "xterm"},
            {"NO_COLOR", std::nullopt},
        };
    }

    words command(const words& arguments) const
    {
        words result{GANGWAY_PROGRAM, "--control", "unix://" + control().string()};
        result.insert(result.end(), arguments.begin(), arguments.end());
        return result;
    }

    process_result run(const words& arguments) const
    {
        return test_support::run({.arguments = command(arguments), .environment = environment()});
    }

private:
    test_directory directory_;
};

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
    const std::string command = GENERATE("down", "restart");
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

TEST_CASE("gangway ssh becomes ssh: its arguments, input, output and exit status")
{
    const stage here;
    test_support::write_file(
        here / "bin/ssh", "#!/bin/sh\nfor word; do echo \"<$word>\"; done\ncat\nexit 42\n"
    );
    std::filesystem::permissions(here / "bin/ssh", std::filesystem::perms::owner_all);
    auto environment = here.environment();
    environment["PATH"] = (here / "bin").string() + ":/usr/bin:/bin";
    const auto status = answers(status_example().dump());
    const fake_daemon daemon(here.control(), {status, answers("{\"state\": \"ready\"}\n"), status});
    const auto result = test_support::run(
        {.arguments = here.command({"ssh", "-t", "sh", "-c", "echo  $HOME", "--version"}),
         .environment = environment,
         .input = test_support::piped_text{"typed"}}
    );
    CHECK(result.exit_status == 42);
    CHECK_THAT(
        result.out,
        Contains("<docker@127.0.0.1>\n<-t>\n<sh>\n<-c>\n<echo  $HOME>\n<--version>\ntyped")
    );
    CHECK(daemon.requests().at(1).starts_with("POST /v1/hold "));
}

TEST_CASE("gangway ssh says why a VM cannot be woken")
{
    const stage here;
    auto asleep = status_example();
    asleep["vm"]["state"] = "saved";
    const fake_daemon daemon(
        here.control(),
        {answers(asleep.dump()), answers(R"({"message": "no memory"})", "503 Service Unavailable")}
    );
    const auto result = here.run({"ssh", "true"});
    CHECK(result.exit_status == 1);
    CHECK(result.err == "gangway: no memory\n");
}

TEST_CASE("gangway ssh without ssh names the package, and without a ready VM what to do")
{
    const stage here;
    auto stopped = status_example();
    stopped["vm"]["state"] = "stopped";
    const auto ready = answers(status_example().dump());
    const fake_daemon daemon(
        here.control(),
        {ready,
         answers("{\"state\": \"ready\"}\n"),
         ready,
         answers(stopped.dump()),
         answers(stopped.dump())}
    );
    auto environment = here.environment();
    environment["PATH"] = here.control().parent_path().string();
    const auto without =
        test_support::run({.arguments = here.command({"ssh"}), .environment = environment});
    CHECK(without.exit_status == 1);
    CHECK_THAT(without.err, Contains("openssh-client"));
    const auto not_ready = here.run({"ssh", "true"});
    CHECK(not_ready.exit_status == 1);
    CHECK_THAT(not_ready.err, Contains("`gangway up`"));
}

TEST_CASE("without a daemon each command says what to do, with status 3")
{
    const std::string command = GENERATE(
        "up", "down", "restart", "sleep", "wake", "why", "status", "ssh", "logs", "version"
    );
    const stage here;
    const auto result = here.run({command});
    CHECK(result.exit_status == 3);
    CHECK_THAT(
        result.err,
        Catch::StartsWith(
            "gangway: gangwayd is not running (nothing listens on " + here.control().string()
        )
    );
}

TEST_CASE("a wrong command line or configuration ends with status 2 and what is wrong")
{
    const stage here;
    test_support::write_file(here / "wrong.json", R"({"vm": {"cpu": 2}})");
    const auto [arguments, sentence] = GENERATE(table<words, std::string>({
        {{"frobnicate"}, "frobnicate"},
        {words{}, "a command is missing"},
        {{"--config", "wrong.json", "status"}, "vm.cpu"},
        {{"--config", "none.json", "status"}, "none.json"},
        {{"--instance", "A B", "status"}, "--instance"},
        {{"--control", "tcp://1:2", "status"}, "--control"},
    }));
    words command{GANGWAY_PROGRAM};
    for (const auto& word : arguments)
        command.push_back(word.ends_with(".json") ? (here / word).string() : word);
    const auto result =
        test_support::run({.arguments = command, .environment = here.environment()});
    CHECK(result.exit_status == 2);
    CHECK_THAT(result.err, Contains(sentence));
    CHECK(result.out.empty());
}

TEST_CASE("the control socket is found through the configuration")
{
    const stage here;
    test_support::write_file(
        here / "here.json",
        R"({"control": {"listen": "unix://)" + here.control().string() + R"("}})"
    );
    const fake_daemon daemon(here.control(), {answers("one\n")});
    const auto result = test_support::run(
        {.arguments = {GANGWAY_PROGRAM, "--config", (here / "here.json").string(), "logs"},
         .environment = here.environment()}
    );
    CHECK(result.out == "one\n");
    CHECK(result.exit_status == 0);
}

TEST_CASE("an output that cannot be written is a failure")
{
    const stage here;
    const fake_daemon daemon(here.control(), {answers("one\n")});
    const auto result = test_support::run(
        {.arguments = here.command({"logs"}),
         .environment = here.environment(),
         .output_file = "/dev/full"}
    );
    CHECK(result.exit_status == 1);
    CHECK_THAT(result.err, Contains("cannot be written"));
}
