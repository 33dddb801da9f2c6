// The steps, each against the real VM.
#include "tests/e2e/port_steps.hpp"

#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <sstream>
#include <vector>

using test_support::eventually;
using test_support::process;
namespace fs = std::filesystem;

namespace e2e {
namespace {

// Of "80/tcp -> 0.0.0.0:8080" and the like, the first that is none of ours.
std::string chosen_port(const std::string& shown, const published& ports)
{
    std::istringstream lines(shown);
    for (std::string line; std::getline(lines, line);) {
        const auto port = line.substr(line.rfind(':') + 1);
        if (port != ports.everywhere && port != ports.loopback) return port;
    }
    return "none";
}

}  // namespace

void what_containers_publish_is_open_here(const account& user, const published& ports)
{
    const auto probe = user.home() / "probe";
    fs::copy_file(shared_premises().container_probe(), probe);
    const auto only_here = "127.0.0.1:" + ports.loopback;
    user.docker_text(
        {"run",
         "-d",
         "--restart=always",
         "--stop-signal=KILL",  // nothing to wait for
         "--name",
         "web",
         "-p",
         ports.everywhere + ":80",
         "-p",
         only_here + ":80",
         "-p",
         "80",
         "-p",
         only_here + ":53/udp",
         "-v",
         probe.string() + ":/probe",
         "busybox",
         "sh",
         "-c",
         "mkdir -p /w; echo page >/w/index.html; httpd -p 80 -h /w; exec /probe udp 53"}
    );
    const auto shown = user.docker_text({"port", "web"});
    CHECK_THAT(
        shown,
        Catch::Contains("80/tcp -> 0.0.0.0:" + ports.everywhere) &&
            Catch::Contains("80/tcp -> " + only_here) && Catch::Contains("53/udp -> " + only_here)
    );
    for (const auto& port : {ports.everywhere, ports.loopback, chosen_port(shown, ports)}) {
        CAPTURE(port);
        CHECK(eventually([&, &at = port] { return page_at(at) == "page\n"; }));
    }
    CHECK(eventually([&] { return echo_of("hello", ports.loopback) == "hello"; }));

    const held_port taken;
    const auto refused = user.docker().run(
        {"run", "--name", "refused", "-p", taken.number() + ":80", "busybox", "true"},
        test_support::no_input{},
        boot_patience
    );
    CHECK(refused.exit_status == 125);
    CHECK_THAT(
        refused.err,
        Catch::Contains("driver failed programming external connectivity on endpoint refused") &&
            Catch::Contains(taken.number() + ": bind: address already in use")
    );
    CHECK(user.docker_text({"inspect", "-f", "{{.State.Status}}", "refused"}) == "created");
    user.docker_text({"rm", "refused"});

    user.docker_text({"stop", "-t", "0", "web"});
    CHECK(eventually([&] { return page_at(ports.everywhere).empty(); }));
    user.docker_text({"start", "web"});
    CHECK(eventually([&] { return page_at(ports.everywhere) == "page\n"; }));
}

void every_way_of_publishing_survives_a_crash(const account& user)
{
    const auto first = two_free_ports();
    const auto second = std::to_string(first + 1);
    const auto shared = free_port();
    const bool v6 = has_ipv6_loopback();
    std::vector<std::string> command{"run", "-d", "--name", "ways", "--restart=always", "-P"};
    command.push_back("--stop-signal=KILL");
    command.insert(command.end(), {"--expose", "82"});
    command.insert(command.end(), {"-p", std::to_string(first) + "-" + second + ":80-81"});
    command.insert(command.end(), {"-p", "127.0.0.1:" + shared + ":80"});
    if (v6) command.insert(command.end(), {"-p", "[::1]:" + shared + ":81"});
    const auto serve = R"(
        for port in 80 81 82; do
            mkdir -p /$port; echo $port >/$port/index.html; httpd -p $port -h /$port
        done
        until [ -e /crash ]; do sleep 1; done
        rm /crash; exit 1
    )";
    command.insert(command.end(), {"busybox", "sh", "-c", serve});
    user.docker_text(command);
    const auto all_answer = [&] {
        // An engine that has been killed takes its time to be back.
        const auto none = test_support::no_input{};
        const auto chosen = user.docker().run({"port", "ways", "82/tcp"}, none, boot_patience).out;
        const auto line = chosen.substr(0, chosen.find('\n'));
        return page_at(std::to_string(first)) == "80\n" && page_at(second) == "81\n" &&
               page_at(shared) == "80\n" && (!v6 || page_at(shared, "[::1]") == "81\n") &&
               page_at(line.substr(line.rfind(':') + 1)) == "82\n";
    };
    CHECK(is_open(std::to_string(first)));
    CHECK(is_open(second));
    CHECK(eventually(all_answer));
    const auto restarts = [&] {
        return user.docker().run({"inspect", "-f", "{{.RestartCount}}", "ways"}).out;
    };
    user.docker_text({"exec", "ways", "touch", "/crash"});
    CHECK(eventually([&] { return restarts() == "1\n"; }));
    CHECK(eventually(all_answer, boot_patience));

    // dockerd is started again by the guest's init; who asks meanwhile waits.
    CHECK(user.gangway({"ssh", "sudo kill -9 $(cat /run/docker.pid)"}).exit_status == 0);
    CHECK(
        user.docker_text({"ps", "--all", "--format", "{{.Names}}"}).find("ways") !=
        std::string::npos
    );
    CHECK(eventually(all_answer, boot_patience));
    user.docker_text({"rm", "-f", "ways"});
    CHECK(eventually([&] { return !is_open(second) && !is_open(shared); }));
}

void an_address_of_the_host_can_be_chosen(const account& user)
{
    const auto address = outer_address();
    if (address.empty()) return;
    const auto port = free_port();
    user.docker_text(
        {"run",
         "-d",
         "--name",
         "outer",
         "-p",
         address + ":" + port + ":80",
         "busybox",
         "sh",
         "-c",
         "mkdir -p /w; echo outer >/w/index.html; exec httpd -f -p 80 -h /w"}
    );
    CHECK(eventually([&] { return page_at(port, address) == "outer\n"; }));
    CHECK_FALSE(is_open(port));
    user.docker_text({"rm", "-f", "outer"});
    // One that is nobody's.
    const auto refused = user.docker().run(
        {"run", "--rm", "--name", "nowhere", "-p", "192.0.2.77:" + port + ":80", "busybox", "true"},
        test_support::no_input{},
        boot_patience
    );
    CHECK(refused.exit_status == 125);
    CHECK_THAT(refused.err, Catch::Contains("bind: cannot assign requested address"));
    CHECK(user.docker().run({"inspect", "nowhere"}).exit_status != 0);
}

void what_listens_on_the_engines_network_is_open_here(const account& user)
{
    const auto first = free_port();
    const auto second = free_port();
    const auto serve =
        "mkdir -p /w; echo inner >/w/index.html; httpd -p " + first +
        " -h /w; while ! [ -e /next ]; do sleep 0.2; done; exec httpd -f -p 127.0.0.1:" + second +
        " -h /w";
    user.docker_text(
        {"run", "-d", "--name", "inner", "--network", "host", "busybox", "sh", "-c", serve}
    );
    CHECK(eventually([&] { return page_at(first) == "inner\n"; }));
    user.docker_text({"exec", "inner", "touch", "/next"});
    CHECK(eventually([&] { return page_at(second) == "inner\n"; }));
    CHECK(page_at(first) == "inner\n");
    user.docker_text({"rm", "-f", "inner"});
    CHECK(eventually([&] { return !is_open(first) && !is_open(second); }));
}

void what_a_service_publishes_is_open_here(const account& user)
{
    const auto routed = free_port();
    const auto direct = free_port();
    user.docker_text({"swarm", "init"});
    user.docker_text(
        {"service",
         "create",
         "--detach",
         "--no-resolve-image",
         "-p",
         routed + ":80",
         "-p",
         "mode=host,target=80,published=" + direct,
         "busybox",
         "sh",
         "-c",
         "mkdir -p /w; echo served >/w/index.html; exec httpd -f -p 80 -h /w"}
    );
    for (const auto& port : {routed, direct}) {
        CAPTURE(port);
        CHECK(eventually([&, &at = port] { return page_at(at) == "served\n"; }, boot_patience));
    }
    user.docker_text({"swarm", "leave", "--force"});
    CHECK(eventually([&] { return !is_open(routed) && !is_open(direct); }));
}

// A server that listens on this host's loopback, from any network and without a word in the
// request.
void containers_reach_the_host(const account& user)
{
    const auto pages = user.home() / "pages";
    fs::create_directory(pages);
    test_support::write_file(pages / "index.html", "the host's\n");
    const auto port = free_port();
    const process server(
        {.arguments =
             {"/bin/busybox", "httpd", "-f", "-p", "127.0.0.1:" + port, "-h", pages.string()}}
    );
    CHECK(eventually([&] { return page_at(port) == "the host's\n"; }));
    const auto url = "http://host.docker.internal:" + port + "/";
    const auto gateway = "http://gateway.docker.internal:" + port + "/";
    user.docker_text({"network", "create", "own"});
    const auto ask = "wget -q -O - " + url + " && wget -q -O - " + gateway;
    // One on the default network.
    CHECK(user.docker_text({"exec", "web", "sh", "-c", ask}) == "the host's\nthe host's");
    const auto by_gateway = "wget -q -O - http://the-host:" + port + "/";
    CHECK(
        user.docker_text(
            {"run",
             "--rm",
             "--network",
             "own",
             "--add-host",
             "the-host:host-gateway",
             "busybox",
             "sh",
             "-c",
             ask + " && " + by_gateway}
        ) == "the host's\nthe host's\nthe host's"
    );
    user.docker_text({"network", "rm", "own"});
    const auto chosen = user.docker_text(
        {"run",
         "--rm",
         "--add-host",
         "host.docker.internal:127.0.0.1",
         "--add-host",
         "the-host:host-gateway",
         "busybox",
         "sh",
         "-c",
         "mkdir /w; echo its own >/w/index.html; httpd -p 80 -h /w; wget -q -O - "
         "http://host.docker.internal/ && " +
             by_gateway}
    );
    CHECK(chosen == "its own\nthe host's");
}

void what_was_published_is_open_again(const published& ports)
{
    const auto answers = [&] {
        return page_at(ports.everywhere) == "page\n" && page_at(ports.loopback) == "page\n";
    };
    CHECK(eventually(answers, boot_patience));
}

}  // namespace e2e
