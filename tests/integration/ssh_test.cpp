// An engine on another machine, reached through the user's own ssh: a real sshd is the other
// machine.
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"
#include "tests/integration/skip.hpp"
#include "tests/support/ssh_host.hpp"

#include <catch2/catch.hpp>
#include <signal.h>

#include <sstream>

using namespace integration;
using test_support::docker_client;
using test_support::gangwayd_process;
using test_support::ssh_host;
using test_support::test_directory;

namespace {

std::vector<pid_t> children_of(pid_t pid)
{
    const auto name = std::to_string(pid);
    std::istringstream in(test_support::read_file("/proc/" + name + "/task/" + name + "/children"));
    std::vector<pid_t> children;
    for (pid_t child = 0; in >> child;) children.push_back(child);
    return children;
}

bool exists(pid_t pid)
{
    return std::filesystem::exists("/proc/" + std::to_string(pid));
}

// gangwayd in front of an engine behind sshd, and a docker client.
struct far_scene {
    // Without `socket`, docker over there finds the engine by its DOCKER_HOST.
    explicit far_scene(const std::string& socket = {})
        : host(
              directory / "h", {.environment = {"DOCKER_HOST=" + shared_engines().plain.unix_url()}}
          ),
          gangwayd(
              directory.path(),
              {.engine = host.url() + socket, .environment = host.client_environment()}
          ),
          docker(directory / "client", "unix://" + gangwayd.docker_socket().string())
    {
    }

    raw_client connect() const { return raw_client::to_socket(gangwayd.docker_socket()); }

    struct sshd_is_there {
        sshd_is_there() { skip_if(ssh_host::obstacle()); }
    };

    sshd_is_there premise;
    test_directory directory;
    ssh_host host;
    gangwayd_process gangwayd;
    docker_client docker;
};

// What is wrong is told to a program as a 503 of ours, and to a person in the same words.
void check_told(
    const gangwayd_process& gangwayd,
    const docker_client& docker,
    const std::vector<std::string>& words
)
{
    auto connection = raw_client::to_socket(gangwayd.docker_socket());
    connection.send(request("GET /version"));
    const auto got = receive_response(connection);
    CHECK(got.status() == 503);
    CHECK(got.body.starts_with("{\"message\":\"gangway: cannot connect to the engine at ssh://"));
    CHECK(got.body.find(" version`, by the user that gangwayd runs as") != std::string::npos);
    const auto result = docker.run({"version"});
    CHECK(result.exit_status == 1);
    for (const auto& word : words) {
        CAPTURE(word, got.body, result.err);
        CHECK(got.body.find(word) != std::string::npos);
        CHECK(result.err.find(word) != std::string::npos);
    }
    CHECK(eventually([&] { return children_of(gangwayd.pid()).empty(); }));
}

// An engine at `url`, by the ssh of `environment`, is not to be had.
void check_outage(
    const std::string& url,
    const test_support::environment_changes& environment,
    const std::vector<std::string>& words
)
{
    const test_directory directory;
    const gangwayd_process gangwayd(directory.path(), {.engine = url, .environment = environment});
    const docker_client docker(directory / "client", "unix://" + gangwayd.docker_socket().string());
    check_told(gangwayd, docker, words);
}

}  // namespace

TEST_CASE("docker works through ssh", "[ssh]")
{
    const far_scene far;
    CHECK(far.docker.text({"version", "--format", "{{.Server.Version}}"}) != "");
    const auto container = far.docker.text(
        {"run", "-d", "-i", "--network", "none", "busybox", "sh", "-c", "read line; echo got-$line"}
    );
    CHECK(far.docker.text({"exec", container, "echo", "executed"}) == "executed");
    const auto failed = far.docker.run({"exec", container, "sh", "-c", "echo bad >&2; exit 3"});
    CHECK(failed.exit_status == 3);
    CHECK(failed.err == "bad\n");
    process attached(far.docker.command({"attach", container}, open_pipe{}));
    attached.write_input("it\n");
    const auto result = attached.finish();
    CHECK(result.exit_status == 0);
    CHECK(result.out == "got-it\n");
    far.docker.text({"rm", container});
}

TEST_CASE("the end of a container's input passes through ssh", "[ssh]")
{
    const far_scene far("/" + shared_engines().plain.socket.relative_path().string());
    const auto bytes = test_support::patterned_bytes(1'000'000);
    const auto result = far.docker.run(
        run_arguments({"-i"}, {"sh", "-c", "cat; echo -n at-the-end"}), piped_text{bytes}
    );
    CHECK(result.exit_status == 0);
    CHECK(result.out == bytes + "at-the-end");
}

TEST_CASE("50 MB pass through ssh unchanged, there and back", "[ssh]")
{
    const far_scene far;
    const auto file = far.directory / "file";
    const auto back = far.directory / "back";
    test_support::write_file(file, test_support::patterned_bytes(50'000'000));
    const auto container = far.docker.text({"create", "--network", "none", "busybox", "true"});
    far.docker.text({"cp", file.string(), container + ":/tmp/file"});
    far.docker.text({"cp", container + ":/tmp/file", back.string()});
    far.docker.text({"rm", container});
    CHECK(test_support::read_file(back) == test_support::read_file(file));
}

TEST_CASE("no ssh and no descriptor is left of fifty connections", "[ssh]")
{
    const far_scene far;
    const auto ask = [&](int number) {
        std::vector<raw_client> clients;
        for (int i = 0; i < number; ++i) clients.push_back(far.connect());
        for (auto& each : clients) each.send(request("GET /_ping"));
        for (auto& each : clients) CHECK(receive_response(each).body == "OK");
        CHECK(children_of(far.gangwayd.pid()).size() == clients.size());
    };
    const auto rests = [&] { return children_of(far.gangwayd.pid()).empty(); };
    // The first one opens what stays.
    ask(1);
    CHECK(eventually(rests));
    const auto idle = test_support::descriptors_of(far.gangwayd.pid());
    for (int round = 0; round < 5; ++round) ask(10);
    CHECK(eventually(rests));
    CHECK(eventually([&] { return test_support::descriptors_of(far.gangwayd.pid()) == idle; }));
}

TEST_CASE("an ssh that dies breaks what goes through it, and the next request has another", "[ssh]")
{
    const far_scene far;
    const auto container = far.docker.text(
        {"run", "-d", "--network", "none", "busybox", "sh", "-c", "echo up; sleep 1000"}
    );
    auto logs = far.connect();
    logs.send(request("GET /containers/" + container + "/logs?stdout=1&follow=1"));
    logs.receive_until("up\n");
    // Its head comes at once, its body when the container ends.
    auto waiting = far.connect();
    waiting.send(request("POST /containers/" + container + "/wait"));
    waiting.receive_until("\r\n\r\n");
    CHECK(children_of(far.gangwayd.pid()).size() == 2);
    for (const auto child : children_of(far.gangwayd.pid())) ::kill(child, SIGKILL);
    // Broken off, not ended: no last chunk.
    CHECK(logs.receive_all().find("0\r\n\r\n") == std::string::npos);
    CHECK(waiting.receive_all().find("StatusCode") == std::string::npos);
    CHECK(
        far.gangwayd.log().find("the connection to " + far.host.url() + " broke") !=
        std::string::npos
    );
    CHECK(far.docker.text({"inspect", "-f", "{{.State.Running}}", container}) == "true");
    far.docker.text({"rm", "-f", container});
}

TEST_CASE("a client that goes takes its ssh along", "[ssh]")
{
    const far_scene far;
    auto events = far.connect();
    events.send(request("GET /events"));
    events.receive_until("\r\n\r\n");
    CHECK(children_of(far.gangwayd.pid()).size() == 1);
    events.close();
    CHECK(eventually([&] { return children_of(far.gangwayd.pid()).empty(); }));
}

TEST_CASE("no ssh outlives gangwayd, however it ends", "[ssh]")
{
    const bool crashes = GENERATE(false, true);
    far_scene far;
    auto events = far.connect();
    events.send(request("GET /events"));
    events.receive_until("\r\n\r\n");
    const auto children = children_of(far.gangwayd.pid());
    REQUIRE(children.size() == 1);
    if (crashes)
        far.gangwayd.crash();
    else
        CHECK(far.gangwayd.stop() == 0);
    CHECK(eventually([&] { return !exists(children.front()); }));
}

TEST_CASE("what stands between ssh and the engine is named", "[ssh][bad]")
{
    skip_if(ssh_host::obstacle());
    const test_directory directory;
    const ssh_host host(directory / "h");
    const auto with_key = host.client_environment();
    SECTION("no ssh here")
    {
        check_outage(host.url(), {{"PATH", "/nonexistent"}}, {"install openssh-client"});
    }
    SECTION("no such name")
    {
        check_outage(
            "ssh://no-such-host.invalid",
            with_key,
            {"Could not resolve hostname no-such-host.invalid", "check its spelling"}
        );
    }
    SECTION("no server there")
    {
        const auto port = std::to_string(test_support::free_tcp_port());
        check_outage(
            "ssh://127.0.0.1:" + port,
            with_key,
            {"connect to host 127.0.0.1 port " + port + ": Connection refused", "that sshd runs"}
        );
    }
    SECTION("a host nobody knows")
    {
        host.forget_host_key();
        check_outage(
            host.url(), with_key, {"Host key verification failed", "connect once by hand"}
        );
    }
    SECTION("another host than the one that is known")
    {
        host.mistake_host_key();
        check_outage(
            host.url(), with_key, {"Offending", "ssh-keygen -R", "somebody is in between"}
        );
    }
    SECTION("a host that lets nobody in")
    {
        host.lock_out();
        check_outage(host.url(), with_key, {"Permission denied (publickey)", "ssh-copy-id"});
    }
    SECTION("no engine there")
    {
        check_outage(
            host.url() + "/nowhere/docker.sock",
            with_key,
            {"/nowhere/docker.sock: connect: no such file", "no engine runs on 127.0.0.1"}
        );
    }
}

TEST_CASE("a machine without docker is named", "[ssh][bad]")
{
    skip_if(ssh_host::obstacle());
    const test_directory directory;
    const ssh_host host(directory / "h", {.environment = {"PATH=/nonexistent"}});
    check_outage(
        host.url(), host.client_environment(), {"not found", "docker is not installed on 127.0.0.1"}
    );
}

TEST_CASE("a request works as soon as its machine lets us in", "[ssh]")
{
    const far_scene far;
    far.host.forget_host_key();
    check_told(far.gangwayd, far.docker, {"Host key verification failed"});
    far.host.know_host_key();
    CHECK(far.docker.run({"version"}).exit_status == 0);
}
