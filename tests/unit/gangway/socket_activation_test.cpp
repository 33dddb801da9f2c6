// The real daemon behind systemd's socket activation, in front of an engine that the test plays.
#include "tests/support/process.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using test_support::eventually;
using test_support::patience;
using test_support::raw_client;
using words = std::vector<std::string>;

namespace {

// systemd-socket-activate in the place of a service manager: it listens, and becomes the daemon at
// the first connection.
class activation {
public:
    explicit activation(const words& listen = {"docker.sock"})
    {
        words command{SYSTEMD_SOCKET_ACTIVATE, "--fdname=docker"};
        for (const auto& socket : listen) {
            command.insert(command.end(), {"-l", path(socket)});
        }
        const words daemon{
            GANGWAYD_PROGRAM,
            "--listen",
            "fd://",
            "--engine",
            "unix://" + path("engine.sock"),
            "--control",
            "unix://" + path("control.sock"),
        };
        command.insert(command.end(), daemon.begin(), daemon.end());
        manager_.emplace(test_support::process_options{
            .arguments = command,
            .environment = {{"HOME", directory_.path().string()}},
        });
        for (std::size_t count = 1; count <= listen.size(); ++count)
            manager_->expect_output("Listening on " + path(listen[count - 1]));
    }

    std::string path(const std::string& name) const { return (directory_ / name).string(); }

    bool daemon_runs() const { return std::filesystem::exists(path("control.sock")); }

    // What `gangway COMMAND` prints, with the docker socket where it expects one by default.
    test_support::process_result gangway(const words& arguments) const
    {
        words command{GANGWAY_PROGRAM};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return test_support::run({.arguments = command, .environment = {{"HOME", path("")}}});
    }

    test_support::process& manager() { return *manager_; }

private:
    test_support::test_directory directory_;
    std::optional<test_support::process> manager_;
};

constexpr auto request = "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
constexpr auto answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

}  // namespace

TEST_CASE("the first connection starts the daemon and gets its answer")
{
    activation service;
    test_support::raw_listener engine(service.path("engine.sock"));
    CHECK_FALSE(service.daemon_runs());

    auto client = raw_client::to_socket(service.path("docker.sock"));
    client.send(request);
    auto upstream = engine.accept();
    CHECK(upstream.receive_until("\r\n\r\n") == request);
    upstream.send(answer);
    CHECK(client.receive_until("OK").starts_with("HTTP/1.1 200 OK"));
    CHECK(service.daemon_runs());

    // A socket that is not ours to remove is still there for the next daemon.
    service.manager().signal(SIGTERM);
    CHECK(service.manager().wait(patience) == 0);
    CHECK(std::filesystem::exists(service.path("docker.sock")));
    CHECK_FALSE(service.daemon_runs());
}

TEST_CASE("every socket that is handed over is served")
{
    const words sockets{"docker.sock", "other.sock"};
    activation service(sockets);
    test_support::raw_listener engine(service.path("engine.sock"));
    for (const auto& socket : sockets) {
        auto client = raw_client::to_socket(service.path(socket));
        client.send(request);
        auto upstream = engine.accept();
        upstream.receive_until("\r\n\r\n");
        upstream.send(answer);
        CHECK(client.receive_until("\r\n\r\nOK").starts_with("HTTP/1.1 200 OK"));
    }
}

TEST_CASE("gangway starts a daemon that waits for its first connection, and finds the same socket")
{
    activation service;
    const auto config = service.path("gangway.json");
    test_support::write_file(
        config, R"({"docker": {"listen": ["unix://)" + service.path("docker.sock") + R"("]}})"
    );
    const auto status = service.gangway({"--config", config, "status"});
    CHECK(status.err.empty());
    CHECK(status.exit_status == 0);
    CHECK_THAT(
        status.out, Catch::Contains("export DOCKER_HOST=unix://" + service.path("docker.sock"))
    );
    CHECK_THAT(
        service.gangway({"--config", config, "version"}).out,
        Catch::Matches("gangway ([0-9.]+)\ngangwayd [0-9.]+\n")
    );
}

TEST_CASE("without a service manager fd:// is refused with what to do")
{
    const test_support::test_directory directory;
    const auto result = test_support::run(
        {.arguments = {GANGWAYD_PROGRAM, "--listen", "fd://", "--engine", "tcp://127.0.0.1:1"},
         .environment = {{"HOME", directory.path().string()}, {"LISTEN_FDS", std::nullopt}}}
    );
    CHECK(result.exit_status == 1);
    CHECK_THAT(result.err, Catch::Contains("gangwayd.socket"));
}
