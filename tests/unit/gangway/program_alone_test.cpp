// The real program without a daemon: what needs none, and what is said where one is missing.
#include "fake_daemon.hpp"
#include "program_stage.hpp"
#include "status_example.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using Catch::Contains;
using stage = program_stage;
using words = std::vector<std::string>;

TEST_CASE("what needs no daemon works without one")
{
    const stage here;
    const auto alone = [&](const words& arguments) {
        auto environment = here.environment();
        environment["SHELL"] = "/bin/bash";
        environment["DOCKER_HOST"] = std::nullopt;
        environment["DOCKER_CONFIG"] = (here / "docker").string();
        words command{GANGWAY_PROGRAM};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return test_support::run({.arguments = command, .environment = environment});
    };
    test_support::write_file(
        here / "config.json", R"({"docker": {"listen": ["unix:///the/docker.sock"]}})"
    );
    const auto file = (here / "config.json").string();
    CHECK_THAT(
        alone({"--config", file, "env"}).out,
        Catch::StartsWith("export DOCKER_HOST='unix:///the/docker.sock'\n")
    );
    CHECK_THAT(
        alone({"--config", file, "env", "--shell", "fish"}).out,
        Catch::StartsWith("set -gx DOCKER_HOST 'unix:///the/docker.sock';\n")
    );
    CHECK_THAT(alone({"env", "--unset"}).out, Catch::StartsWith("unset DOCKER_HOST\n"));
    const auto unknown = alone({"env", "--shell", "nu"});
    CHECK(unknown.exit_status == 2);
    CHECK_THAT(unknown.err, Contains("--shell takes"));

    CHECK_THAT(alone({"--config", file, "config"}).out, Contains("unix:///the/docker.sock"));
    CHECK_THAT(alone({"completion", "bash"}).out, Contains("complete -o default"));

    const auto installed = alone({"--config", file, "context", "install", "--use"});
    CHECK(installed.exit_status == 0);
    CHECK(
        installed.out ==
        "The context gangway leads to unix:///the/docker.sock, and is used by default.\n"
    );
    CHECK_THAT(test_support::read_file(here / "docker/config.json"), Contains("gangway"));
    CHECK(installed.err.find("DOCKER_HOST") == std::string::npos);
    const auto second = alone({"--config", file, "--instance", "dev", "context", "install"});
    CHECK_THAT(second.out, Catch::StartsWith("The context gangway-dev leads to "));
    CHECK(alone({"context", "remove"}).exit_status == 0);
    CHECK(test_support::read_file(here / "docker/config.json") == "{}");

    test_support::write_file(here / "config.json", R"({"docker": {"listen": ["fd://"]}})");
    const auto activated = alone({"--config", file, "env"});
    CHECK(activated.exit_status == 2);
    CHECK_THAT(activated.err, Contains("service manager"));
}

TEST_CASE("the user's own place for the socket is linked, everybody's only by consent")
{
    const stage here;
    test_support::write_file(
        here / "config.json", R"({"docker": {"listen": ["unix:///the/docker.sock"]}})"
    );
    const auto run = [&](words arguments) {
        arguments.insert(
            arguments.begin(), {GANGWAY_PROGRAM, "--config", (here / "config.json").string()}
        );
        return test_support::run({.arguments = arguments, .environment = here.environment()});
    };
    const auto place = here / ".docker/run/docker.sock";
    const auto linked = run({"socket", "link"});
    CHECK(linked.exit_status == 0);
    CHECK(linked.out == place.string() + " leads to /the/docker.sock\n");
    CHECK(std::filesystem::read_symlink(place) == "/the/docker.sock");
    CHECK(run({"socket", "unlink"}).out == place.string() + " is removed\n");
    CHECK_FALSE(std::filesystem::exists(std::filesystem::symlink_status(place)));
    const auto nothing = run({"socket", "unlink", place.string()});
    CHECK(nothing.exit_status == 1);
    CHECK_THAT(nothing.err, Contains("does not lead to /the/docker.sock"));
}

TEST_CASE("without a daemon each command says what to do, with status 3")
{
    const std::string command = GENERATE(
        "up",
        "down",
        "restart",
        "poweroff",
        "reset",
        "sleep",
        "wake",
        "why",
        "status",
        "info",
        "ip",
        "ports",
        "mounts",
        "ssh",
        "logs",
        "version"
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
