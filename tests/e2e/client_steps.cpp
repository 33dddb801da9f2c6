// The steps, each against the real VM.
#include "tests/e2e/client_steps.hpp"

#include "tests/e2e/host_ports.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>

using nlohmann::json;
using test_support::eventually;
using test_support::process;
namespace fs = std::filesystem;

namespace e2e {
namespace {

// A program that uses this user's docker socket, to its end; what it printed.
test_support::process_result run_client(
    const account& user,
    std::vector<std::string> arguments,
    const test_support::environment_changes& variables = {}
)
{
    auto environment = user.docker().environment();
    for (const auto& [name, value] : variables) environment[name] = value;
    process client({.arguments = std::move(arguments), .environment = environment});
    const auto result = client.finish(boot_patience);
    CAPTURE(result.out, result.err);
    CHECK(result.exit_status == 0);
    return result;
}

}  // namespace

void compose_brings_a_project_up(const account& user)
{
    const auto project = user.home() / "project";
    const auto port = free_port();
    fs::create_directories(project / "site");
    test_support::write_file(project / "site/index.html", "composed\n");
    const json services = {
        {"web",
         {{"image", "busybox"},
          {"command", "httpd -f -p 80 -h /w"},
          {"volumes", {"./site:/w:ro", "kept:/kept"}},
          {"ports", {"127.0.0.1:" + port + ":80"}}}},
        {"reader",
         {{"image", "busybox"},
          {"depends_on", {"web"}},
          {"command",
           {"sh",
            "-c",
            "until wget -q -O /out/page http://web/; do sleep 0.2; done; exec sleep 100000"}},
          {"volumes", {"./out:/out"}}}}};
    // JSON is YAML.
    test_support::write_file(
        project / "compose.yaml",
        json{{"services", services}, {"volumes", {{"kept", json::object()}}}}.dump()
    );
    const auto compose = [&](std::vector<std::string> arguments) {
        std::vector<std::string> all{
            shared_premises().docker_compose().string(),
            "--progress=plain",
            "--project-directory",
            project.string()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return run_client(user, all);
    };
    compose({"up", "-d", "--pull=never"});
    CHECK(eventually([&] { return page_at(port) == "composed\n"; }));
    const auto page = project / "out/page";
    CHECK(eventually([&] { return fs::exists(page) && fs::file_size(page) == 9; }));
    const auto running = compose({"ps", "-q"}).out;
    // It compares what it wants with what the engine tells: mounts, ports, labels.
    const auto again = compose({"up", "-d", "--pull=never"});
    CHECK(again.err.find("Recreate") == std::string::npos);
    CHECK(compose({"ps", "-q"}).out == running);
    compose({"down", "-v", "-t", "0"});
    CHECK(eventually([&] { return page_at(port).empty(); }));
}

void python_runs_a_container(const account& user)
{
    const auto work = user.home() / "python";
    fs::create_directories(work);
    test_support::write_file(work / "in", "read by python\n");
    const auto program = R"(
import sys, urllib.request, docker
client = docker.from_env(timeout=300)
mounts = {sys.argv[1]: {"bind": "/w", "mode": "rw"}}
print(client.containers.run("busybox", "cat /w/in", volumes=mounts, remove=True).decode(), end="")
server = client.containers.run(
    "busybox", "httpd -f -p 80 -h /w", volumes=mounts, ports={"80/tcp": None}, detach=True)
server.reload()
port = server.ports["80/tcp"][0]["HostPort"]
print(urllib.request.urlopen(f"http://127.0.0.1:{port}/in", timeout=60).read().decode(), end="")
server.remove(force=True)
)";
    const auto result = run_client(user, {"python3", "-c", program, work.string()});
    CHECK(result.out == "read by python\nread by python\n");
}

void a_dev_container_has_the_workspace(const account& user)
{
    const auto project = user.home() / "editor";
    const auto port = free_port();
    fs::create_directories(project / ".devcontainer");
    test_support::write_file(project / "index.html", "worked on\n");
    const json settings = {
        {"image", "busybox"},
        {"appPort", {"127.0.0.1:" + port + ":80"}},
        {"postCreateCommand", "cat index.html >made"},
        {"postStartCommand", "httpd -p 80 -h ."}};
    test_support::write_file(project / ".devcontainer/devcontainer.json", settings.dump());
    const auto devcontainer = [&](std::vector<std::string> arguments) {
        const auto tool = shared_premises().node_clients() / "node_modules/@devcontainers/cli";
        std::vector<std::string> all{"node", (tool / "devcontainer.js").string()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        all.insert(all.begin() + 3, {"--workspace-folder", project.string()});
        return run_client(user, all).out;
    };
    CHECK(json::parse(devcontainer({"up"})).at("outcome") == "success");
    CHECK(devcontainer({"exec", "cat", "made"}) == "worked on\n");
    CHECK(test_support::read_file(project / "made") == "worked on\n");
    CHECK(eventually([&] { return page_at(port) == "worked on\n"; }));
    // The second time it is found, and not made again.
    const auto label = "label=devcontainer.local_folder=" + project.string();
    const auto running = user.docker_text({"ps", "-q", "--filter", label});
    CHECK(json::parse(devcontainer({"up"})).at("outcome") == "success");
    CHECK(user.docker_text({"ps", "-aq", "--filter", label}) == running);
    user.docker_text({"rm", "-f", running});
}

void node_runs_containers(const account& user)
{
    const auto work = user.home() / "node";
    fs::create_directories(work / "reaper");
    test_support::write_file(work / "in", "read by node\n");
    fs::copy_file(shared_premises().container_probe(), work / "reaper/probe");
    const auto archive = work / "reaper.tar";
    test_support::run_checked({.arguments = {"tar", "-C", work / "reaper", "-cf", archive, "."}});
    user.docker_text({"import", "--change", R"(CMD ["/probe", "reap"])", archive, "reaper:latest"});
    const auto clients = shared_premises().node_clients();
    // They are told nothing, and look in the user's home, which the docker client's is not.
    CHECK(user.gangway({"socket", "link"}).exit_status == 0);
    auto environment = user.environment();
    environment["DOCKER_HOST"] = std::nullopt;
    environment["NODE_PATH"] = (clients / "node_modules").string();
    environment["RYUK_CONTAINER_IMAGE"] = "reaper:latest";
    // Where these tests are in a container themselves, it would look for the ports elsewhere.
    environment["TESTCONTAINERS_HOST_OVERRIDE"] = "127.0.0.1";
    const auto result =
        run_client(user, {"node", (clients / "clients.cjs").string(), work.string()}, environment);
    CHECK(result.out == "THERE AND BACK\nread by node\nread by node\n");
    const auto left = [&] {
        return user.docker_text({"ps", "-aq", "--filter", "label=org.testcontainers=true"});
    };
    CHECK(eventually([&] { return left().empty(); }, boot_patience));
}

}  // namespace e2e
