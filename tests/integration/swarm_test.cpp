// Docker's own cluster behind gangwayd: two engines on two machines, which are network namespaces
// joined by a cable. The client's machine is the second one's, and its gangwayd reaches the manager
// on the first through ssh, over that cable.
#include "tests/integration/scene.hpp"
#include "tests/integration/skip.hpp"
#include "tests/support/ssh_host.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace integration;
using test_support::docker_client;
using test_support::docker_engine;
using test_support::gangwayd_process;
using test_support::run_checked;
using test_support::ssh_host;
using test_support::test_directory;

namespace {

// Documentation's own (RFC 5737); nothing outside the two namespaces sees them.
constexpr const char* manager_address = "192.0.2.1";
constexpr const char* worker_address = "192.0.2.2";

// A network of its own, and a name. Gone with its processes.
class machine {
public:
    explicit machine(const std::string& name)
        : holder_({
              .arguments =
                  {"unshare",
                   "--net",
                   "--uts",
                   "sh",
                   "-c",
                   "hostname " + name + " && ip link set lo up && echo up && exec sleep 1000"},
          })
    {
        holder_.expect_output("up\n");
    }

    // What runs a command in it.
    std::vector<std::string> within() const
    {
        return {"nsenter", "--net", "--uts", "--target", std::to_string(holder_.pid())};
    }

    pid_t pid() const { return holder_.pid(); }

    void set_up(const std::string& device, const std::string& address) const
    {
        run({"ip", "address", "add", address + "/24", "dev", device});
        run({"ip", "link", "set", device, "up"});
    }

private:
    void run(const std::vector<std::string>& words) const
    {
        auto command = within();
        command.insert(command.end(), words.begin(), words.end());
        run_checked({.arguments = std::move(command)});
    }

    process holder_;
};

// Why this host has no two machines; nothing if it has.
std::optional<std::string> obstacle()
{
    if (auto none = ssh_host::obstacle()) return none;
    const auto tried = test_support::run(
        {.arguments =
             {"unshare",
              "--net",
              "sh",
              "-c",
              "ip link add gw-a type veth peer name gw-b && ip link add gw-v type vxlan id 1 "
              "dstport 4789"}}
    );
    if (tried.exit_status == 0) return std::nullopt;
    return "no network namespaces with veth and vxlan here: " + tried.err;
}

struct two_machines {
    two_machines()
    {
        run_checked(
            {.arguments =
                 {"ip",
                  "link",
                  "add",
                  "gw-a",
                  "netns",
                  std::to_string(first.pid()),
                  "type",
                  "veth",
                  "peer",
                  "name",
                  "gw-b",
                  "netns",
                  std::to_string(second.pid())}}
        );
        first.set_up("gw-a", manager_address);
        second.set_up("gw-b", worker_address);
    }

    machine first{"gw-manager"};
    machine second{"gw-worker"};
};

// Each engine with a gangwayd in front of it, both on the second machine.
struct cluster {
    test_directory directory;
    two_machines machines;
    docker_engine manager_engine{directory / "a", std::nullopt, machines.first.within()};
    docker_engine worker_engine{directory / "b", std::nullopt, machines.second.within()};
    ssh_host host{
        directory / "h",
        {.address = manager_address,
         .environment = {"DOCKER_HOST=" + manager_engine.address().unix_url()},
         .within = machines.first.within()}};
    gangwayd_process to_manager{
        directory / "m",
        {.engine = host.url(),
         .environment = host.client_environment(),
         .within = machines.second.within()}};
    gangwayd_process to_worker{
        directory / "w",
        {.engine = worker_engine.address().unix_url(), .within = machines.second.within()}};
    docker_client manager{directory / "mc", "unix://" + to_manager.docker_socket().string()};
    docker_client worker{directory / "wc", "unix://" + to_worker.docker_socket().string()};
};

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

// `docker service COMMAND …`, which must succeed and return when the tasks run.
void converge(const docker_client& docker, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "service");
    arguments.insert(arguments.begin() + 2, {"--no-resolve-image", "--quiet"});
    const auto result = docker.run(arguments, {}, 2 * patience);
    CAPTURE(arguments.at(1), result.out, result.err);
    CHECK(result.exit_status == 0);
}

}  // namespace

TEST_CASE("a swarm of two machines is formed and used through gangwayd", "[swarm]")
{
    skip_if(obstacle());
    const cluster cluster;
    const auto& docker = cluster.manager;
    using lines = std::vector<std::string>;

    docker.text({"swarm", "init", "--advertise-addr", manager_address});
    const auto token = docker.text({"swarm", "join-token", "-q", "worker"});
    cluster.worker.text(
        {"swarm",
         "join",
         "--token",
         token,
         "--advertise-addr",
         worker_address,
         std::string(manager_address) + ":2377"}
    );
    const auto nodes = [&] {
        return lines_of(docker.text({"node", "ls", "--format", "{{.Hostname}} {{.Status}}"}));
    };
    CHECK(eventually([&] { return nodes() == lines{"gw-manager Ready", "gw-worker Ready"}; }));

    // The mount is the machines' own: no path of it is looked at here.
    const auto shared = cluster.directory / "only-there";
    std::filesystem::create_directory(shared);
    test_support::write_file(shared / "said", "mounted\n");
    converge(
        docker,
        {"create",
         "--name",
         "one",
         "--replicas",
         "2",
         "--stop-signal",
         "KILL",
         "--replicas-max-per-node",
         "1",
         "--mount",
         "type=bind,src=" + shared.string() + ",dst=/there",
         "busybox",
         "sh",
         "-c",
         "cat /there/said; exec sleep 1000"}
    );
    const auto tasks = [&] {
        const auto shown = docker.text(
            {"service",
             "ps",
             "one",
             "--filter",
             "desired-state=running",
             "--format",
             "{{.Node}} {{.CurrentState}}"}
        );
        const bool first = shown.find("gw-manager Running") != std::string::npos;
        const bool second = shown.find("gw-worker Running") != std::string::npos;
        return first && second && lines_of(shown).size() == 2;
    };
    CHECK(tasks());
    // Each on its own machine's engine.
    CHECK(lines_of(docker.text({"ps", "-q", "--filter", "name=one."})).size() == 1);
    CHECK(lines_of(cluster.worker.text({"ps", "-q", "--filter", "name=one."})).size() == 1);
    CHECK(eventually([&] {
        return lines_of(docker.text({"service", "logs", "--raw", "one"})) ==
               lines{"mounted", "mounted"};
    }));

    converge(
        docker,
        {"update",
         "--update-parallelism",
         "2",
         "--update-monitor",
         "1s",
         "--env-add",
         "NEW=value",
         "--args",
         "sh -c 'echo $NEW; exec sleep 1000'",
         "one"}
    );
    CHECK(tasks());
    {
        process logs(docker.command({"service", "logs", "-f", "--raw", "one"}));
        logs.expect_output("value\n");
    }

    // A network across the machines: the names of the tasks lead to both.
    docker.text({"network", "create", "-d", "overlay", "across"});
    converge(
        docker,
        {"create",
         "--name",
         "two",
         "--network",
         "across",
         "--endpoint-mode",
         "dnsrr",
         "--replicas",
         "2",
         "--stop-signal",
         "KILL",
         "--replicas-max-per-node",
         "1",
         "busybox",
         "sh",
         "-c",
         "hostname > /tmp/name; exec httpd -f -h /tmp"}
    );
    const auto here = docker.text({"ps", "-q", "--filter", "name=two."});
    const auto there = cluster.worker.text({"ps", "-q", "--filter", "name=two."});
    const auto address = cluster.worker.text(
        {"inspect", "-f", "{{(index .NetworkSettings.Networks \"across\").IPAddress}}", there}
    );
    CHECK(eventually([&] {
        return docker.run({"exec", here, "wget", "-q", "-O", "-", "http://" + address + "/name"})
                   .out == there + "\n";
    }));

    docker.text({"service", "rm", "one", "two"});
    CHECK(docker.text({"service", "ls", "-q"}).empty());
    CHECK(eventually([&] {
        return docker.text({"ps", "-q"}).empty() && cluster.worker.text({"ps", "-q"}).empty();
    }));
    cluster.worker.text({"swarm", "leave"});
    docker.text({"swarm", "leave", "--force"});
}
