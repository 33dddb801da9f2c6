// The same questions, by the docker client, by SDKs and on a connection of our own.
#include "tests/e2e/polling_steps.hpp"

#include "tests/e2e/host_ports.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/process.hpp"
#include "tests/support/raw_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

using test_support::eventually;

namespace e2e {

namespace {

// What an IDE asks through the docker client, again and again (VS Code's Container Tools), without
// what that works out from its own clock.
const std::vector<std::vector<std::string>> what_an_ide_asks{
    {"version", "--format", "{{json .Server}}"},
    {"info", "--format", "{{.ServerVersion}} {{.ContainersRunning}} {{.Images}}"},
    {"ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Status}} {{.Ports}}"},
    {"image", "ls", "--all", "--digests", "--no-trunc", "--format", "{{.ID}} {{.Repository}}"},
    {"network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}} {{.Driver}}"},
    {"volume", "ls", "--format", "{{json .}}"},
    {"container", "inspect", "keeper"},
    {"image", "inspect", "busybox"},
    {"network", "inspect", "bridge"},
};

// What docker-java asks, which is in IntelliJ's plugin, on a connection that is kept; and Docker's
// SDK for Python. Both decline sizes by name.
constexpr auto what_sdks_ask = R"(
import docker
client = docker.from_env(timeout=300)
for question in [
    "_ping", "version", "info", "containers/json?all=true&size=false", "images/json?all=true",
    "networks", "volumes", "containers/keeper/json", "images/busybox/json",
]:
    answer = client.api.get(f"{client.api.base_url}/{question}")
    answer.raise_for_status()
    print(answer.text.strip())
print(client.version()["Version"], client.info()["ID"])
print([(each.name, each.status, each.ports) for each in client.containers.list(all=True)])
print([each.tags for each in client.images.list(all=True)])
print([each.name for each in client.networks.list()], [each.name for each in client.volumes.list()])
)";

std::string answers_to_sdks(const account& user)
{
    test_support::process client(
        {.arguments = {"python3", "-c", what_sdks_ask}, .environment = user.docker().environment()}
    );
    const auto asked = client.finish(boot_patience);
    CAPTURE(asked.err);
    CHECK(asked.exit_status == 0);
    CHECK(asked.out.find("('keeper', 'running', ") != std::string::npos);
    return asked.out;
}

std::vector<std::string> answers_to_who_polls(const account& user)
{
    std::vector<std::string> all;
    for (const auto& question : what_an_ide_asks) all.push_back(user.docker_text(question));
    all.push_back(answers_to_sdks(user));
    return all;
}

std::string body_of(const std::string& answer)
{
    return answer.substr(answer.find("\r\n\r\n"));
}

// Again and again, which does not call it off. Gives the last answer; those before were the
// engine's own for as long as it was awake, each with its date.
std::string asks_while_it_falls_asleep(
    const account& user, test_support::raw_client& plugin, const std::string& question
)
{
    test_support::process falling(
        {.arguments = {shared_premises().gangway().string(), "sleep"},
         .environment = user.environment()}
    );
    std::string first;
    std::string last;
    int polls = 0;
    for (; falling.running(); ++polls) {
        plugin.send(question);
        last = plugin.receive_until("]\n");
        if (first.empty()) first = last;
        CHECK(body_of(last) == body_of(first));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    const auto asleep = falling.finish();
    CAPTURE(asleep.err);
    CHECK(asleep.exit_status == 0);
    CHECK(polls > 3);
    return last;
}

}  // namespace

// On a connection that outlives all of it, and by the docker client.
void who_only_looks_leaves_it_asleep(const account& user)
{
    const std::string question =
        "GET /v1.41/containers/json?all=1 HTTP/1.1\r\nHost: docker\r\n\r\n";
    // What is said while somebody may be changing something is not remembered.
    CHECK(eventually([&] { return user.vm().at("leases").at("active") == 0; }));
    auto plugin = test_support::raw_client::to_socket(user.docker_socket());
    const auto told = answers_to_who_polls(user);
    const auto answer = asks_while_it_falls_asleep(user, plugin, question);
    CHECK(answer.find("/keeper") != std::string::npos);
    CHECK(user.vm_state() == "saved");
    for (int poll = 0; poll < 3; ++poll) {
        plugin.send(question);
        CHECK(plugin.receive_until("]\n") == answer);
        CHECK(answers_to_who_polls(user) == told);
    }
    CHECK(user.vm_state() == "saved");
    CHECK(user.virtual_machines().empty());
    // What is not known wakes it.
    plugin.send("GET /v1.41/containers/keeper/top HTTP/1.1\r\nHost: docker\r\n\r\n");
    const auto processes = plugin.receive_until("]}\n", boot_patience);
    CAPTURE(processes);
    CHECK(processes.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(processes.find("100000") != std::string::npos);
    CHECK(user.vm_state() == "ready");
}

// What the last one knew, the next one knows.
void its_daemon_is_started_anew_while_it_is_saved(account& user, const std::string& port)
{
    CHECK(eventually([&] { return user.vm().at("leases").at("active") == 0; }));
    const auto told = answers_to_who_polls(user);
    CHECK(user.gangway({"sleep"}).exit_status == 0);
    CHECK(eventually([&] { return std::filesystem::exists(user.state_dir() / "asleep"); }));
    user.kill_daemon();
    CHECK(!is_open(port));
    user.start_daemon();
    CHECK(answers_to_who_polls(user) == told);
    CHECK(user.vm_state() == "saved");
    CHECK(user.virtual_machines().empty());
    CHECK(is_open(port));
    CHECK(eventually([&] { return page_at(port) == "page\n"; }, std::chrono::minutes(2)));
}

}  // namespace e2e
