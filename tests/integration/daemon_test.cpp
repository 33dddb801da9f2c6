// gangwayd as a program: its sockets, its lock, its end, and what it says to a wrong start.
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace integration;
using test_support::docker_client;
using test_support::gangwayd_process;
using test_support::test_directory;
using test_support::write_file;

namespace {

unsigned mode_of(const std::filesystem::path& path)
{
    struct stat status {};

    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

// A start that is expected to fail soon.
test_support::process_result start(
    const test_directory& directory, const std::vector<std::string>& arguments
)
{
    return test_support::run(gangwayd_process::command(directory.path(), arguments));
}

bool says(const test_support::process_result& result, const std::string& text)
{
    return (result.err + result.out).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("the sockets belong to their owner alone", "[gangwayd][daemon]")
{
    const test_directory directory;
    const gangwayd_process gangwayd(
        directory.path(), {.engine = shared_engines().plain.unix_url()}
    );
    CHECK(mode_of(gangwayd.docker_socket().parent_path()) == 0700);
    CHECK(mode_of(gangwayd.docker_socket()) == 0600);
    CHECK(mode_of(gangwayd.control_socket()) == 0600);
}

TEST_CASE("SIGTERM ends an idle daemon with status 0 and removes its sockets", "[gangwayd][daemon]")
{
    const test_directory directory;
    gangwayd_process gangwayd(directory.path(), {.engine = shared_engines().plain.unix_url()});
    CHECK(gangwayd.stop() == 0);
    CHECK(!std::filesystem::exists(gangwayd.docker_socket()));
    CHECK(!std::filesystem::exists(gangwayd.control_socket()));
}

TEST_CASE("SIGTERM ends a daemon and its clients in the middle of streams", "[gangwayd][daemon]")
{
    const test_directory directory;
    const auto& engine = shared_engines().plain;
    gangwayd_process gangwayd(directory.path(), {.engine = engine.tcp_url()});
    const docker_client docker(directory / "client", "unix://" + gangwayd.docker_socket().string());
    process run(docker.command(run_arguments({"-i"}, {"sh", "-c", "echo up; cat"}), open_pipe{}));
    run.expect_output("up\n");
    process events(docker.command({"events", "--since", "1h"}));
    events.expect_output("start");
    CHECK(gangwayd.stop() == 0);
    CHECK(run.wait(patience).has_value());
    CHECK(events.wait(patience).has_value());
    const docker_client direct(directory / "direct", engine.unix_url());
    for (auto left = direct.text({"ps", "-aq"}); !left.empty(); left = direct.text({"ps", "-aq"})) {
        direct.run({"rm", "-f", left.substr(0, left.find('\n'))});
    }
}

TEST_CASE(
    "a second daemon on the same socket is refused and harms nothing", "[gangwayd][daemon][bad]"
)
{
    const test_directory directory;
    const auto engine = shared_engines().plain.unix_url();
    const gangwayd_process first(directory.path(), {.engine = engine});
    const auto second = start(
        directory,
        {"--listen",
         "unix://" + first.docker_socket().string(),
         "--control",
         "unix://" + (directory / "other/control.sock").string(),
         "--engine",
         engine}
    );
    CHECK(second.exit_status != 0);
    CHECK(says(second, first.docker_socket().string()));
    CHECK(
        docker_client(directory / "client", "unix://" + first.docker_socket().string())
            .run({"version"})
            .exit_status == 0
    );
}

TEST_CASE("the socket of a daemon that crashed is taken over", "[gangwayd][daemon]")
{
    const test_directory directory;
    const auto engine = shared_engines().plain.unix_url();
    {
        gangwayd_process first(directory.path(), {.engine = engine});
        first.crash();
        CHECK(std::filesystem::exists(first.docker_socket()));
    }
    const gangwayd_process second(directory.path(), {.engine = engine});
    CHECK(
        docker_client(directory / "client", "unix://" + second.docker_socket().string())
            .run({"version"})
            .exit_status == 0
    );
}

TEST_CASE("a file that is no socket is not replaced", "[gangwayd][daemon][bad]")
{
    const test_directory directory;
    const auto precious = directory / "run/docker.sock";
    write_file(precious, "precious");
    const auto result = start(
        directory,
        {"--listen",
         "unix://" + precious.string(),
         "--control",
         "unix://" + (directory / "run/control.sock").string(),
         "--engine",
         shared_engines().plain.unix_url()}
    );
    CHECK(result.exit_status != 0);
    CHECK(says(result, precious.string()));
    CHECK(test_support::read_file(precious) == "precious");
}

TEST_CASE("an unknown flag is refused by name", "[gangwayd][daemon][bad]")
{
    const test_directory directory;
    const auto result = start(directory, {"--no-such-flag"});
    CHECK(result.exit_status != 0);
    CHECK(says(result, "--no-such-flag"));
}

TEST_CASE(
    "a wrong configuration ends with status 2 and every problem in it", "[gangwayd][daemon][bad]"
)
{
    const test_directory directory;
    const auto file = directory / "gangway.json";
    write_file(file, R"({"vm": {"cpuz": 2, "memory": true}, "no_such_part": {}})");
    const auto result = start(directory, {"--config", file.string()});
    CHECK(result.exit_status == 2);
    for (const auto* word : {"cpuz", "cpus", "memory", "no_such_part"}) {
        CAPTURE(word, result.err);
        CHECK(says(result, word));
    }
}

TEST_CASE(
    "a configuration that cannot be read or parsed ends with status 2", "[gangwayd][daemon][bad]"
)
{
    const test_directory directory;
    const auto broken = directory / "broken.json";
    write_file(broken, "{\"vm\": ");
    for (const auto& file : {directory / "missing.json", directory.path(), broken}) {
        const auto result = start(directory, {"--config", file.string()});
        CAPTURE(file, result.err);
        CHECK(result.exit_status == 2);
        CHECK(says(result, file.string()));
    }
}

TEST_CASE("endpoints and levels that make no sense are refused by name", "[gangwayd][daemon][bad]")
{
    const test_directory directory;
    const std::vector<std::vector<std::string>> table{
        {"--engine", "ftp://127.0.0.1"},
        {"--engine", "tcp://127.0.0.1:99999"},
        {"--listen", "nonsense"},
        {"--log-level", "chatty"},
    };
    for (const auto& arguments : table) {
        const auto result = start(directory, arguments);
        CAPTURE(arguments, result.err);
        CHECK(result.exit_status != 0);
        CHECK(says(result, arguments.back()));
    }
}

TEST_CASE("a TLS directory that lacks a file is refused by name", "[gangwayd][daemon][bad]")
{
    const test_directory directory;
    std::filesystem::create_directory(directory / "tls");
    const auto result = start(
        directory,
        {"--listen",
         "unix://" + (directory / "run/docker.sock").string(),
         "--control",
         "unix://" + (directory / "run/control.sock").string(),
         "--engine",
         shared_engines().tls.tcp_url(),
         "--tls-dir",
         (directory / "tls").string()}
    );
    CHECK(result.exit_status != 0);
    CHECK(says(result, (directory / "tls").string()));
}

TEST_CASE("gangwayd --version names itself", "[gangwayd][daemon]")
{
    const test_directory directory;
    const auto result = start(directory, {"--version"});
    CHECK(result.exit_status == 0);
    CHECK(says(result, "gangwayd"));
}
