// What the engine's answer says of a container's ports.
#include "proxy/container_ports.hpp"

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

using namespace proxy;
namespace fs = std::filesystem;

namespace {

std::string container(const std::string& host_config, const std::string& network = "{}")
{
    return R"({"Id":"abc","Name":"/web","State":{"Running":true},"HostConfig":)" + host_config +
           R"(,"NetworkSettings":)" + network + "}";
}

std::string text_of(const std::vector<published_port>& ports)
{
    std::string text;
    for (const auto& port : ports) text += (text.empty() ? "" : ", ") + to_string(port);
    return text;
}

}  // namespace

TEST_CASE("what a container asks for by number is wanted, the rest is the engine's choice")
{
    const auto [bindings, wanted] = GENERATE(table<std::string, std::string>({
        {R"({"80/tcp":[{"HostIp":"","HostPort":"8080"}]})", "tcp4 0.0.0.0:8080, tcp6 [::]:8080"},
        {R"({"80/tcp":[{"HostPort":"8080"}]})", "tcp4 0.0.0.0:8080, tcp6 [::]:8080"},
        {R"({"80":[{"HostIp":"127.0.0.1","HostPort":"8080"}]})", "tcp4 127.0.0.1:8080"},
        {R"({"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]})", "tcp4 127.0.0.1:8080"},
        {R"({"53/udp":[{"HostIp":"0.0.0.0","HostPort":"53"}]})", "udp4 0.0.0.0:53"},
        {R"({"80/tcp":[{"HostPort":""},{"HostPort":"0"},{"HostPort":"8000-8010"}]})", ""},
        {R"({"80/tcp":[{"HostPort":"70000"},{"HostPort":"8080x"},{"HostPort":8080},7]})", ""},
        {R"({"80/tcp":null,"81/tcp":[]})", ""},
        {"null", ""},
    }));
    CAPTURE(bindings);
    const auto found = parse_container(container(R"({"PortBindings":)" + bindings + "}"));
    REQUIRE(found);
    CHECK(found->id == "abc");
    CHECK(found->name == "web");
    CHECK(found->running);
    CHECK(text_of(found->wanted) == wanted);
    CHECK(found->obstacle.empty());
}

TEST_CASE("a container without a network of its own publishes nothing")
{
    const std::string mode = GENERATE("host", "none", "container:abc");
    const auto found = parse_container(container(
        R"({"NetworkMode":")" + mode + R"(","PortBindings":{"80/tcp":[{"HostPort":"8080"}]}})"
    ));
    REQUIRE(found);
    CHECK(found->wanted.empty());
    CHECK(found->on_host_network == (mode == "host"));
}

TEST_CASE("services publish what every node has open")
{
    const auto service = [](const std::string& ports) {
        return R"([{"ID":"s","Endpoint":{"Ports":)" + ports + "}}]";
    };
    const auto [ports, open] = GENERATE(table<std::string, std::string>({
        {R"([{"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"}])",
         "tcp4 0.0.0.0:8080, tcp6 [::]:8080"},
        {R"([{"Protocol":"udp","PublishedPort":53,"PublishMode":"ingress"},
             {"Protocol":"udp","PublishedPort":53,"PublishMode":"ingress"}])",
         "udp4 0.0.0.0:53, udp6 [::]:53"},
        {R"([{"Protocol":"tcp","PublishedPort":8080,"PublishMode":"host"}])", ""},
        {R"([{"Protocol":"sctp","PublishedPort":8080,"PublishMode":"ingress"}])", ""},
        {R"([{"Protocol":"tcp","PublishMode":"ingress"}])", ""},
        {R"([{"Protocol":"tcp","PublishedPort":0,"PublishMode":"ingress"}])", ""},
        {R"([{"Protocol":"tcp","PublishedPort":65616,"PublishMode":"ingress"}])", ""},
        {R"([{"Protocol":"tcp","PublishedPort":"8080","PublishMode":"ingress"},7])", ""},
        {"null", ""},
    }));
    CAPTURE(ports);
    CHECK(text_of(parse_services(service(ports))) == open);
    CHECK(parse_services(R"({"message":"This node is not a swarm manager."})").empty());
    CHECK(parse_services(R"([{"Spec":{}},7])").empty());
}

TEST_CASE("what is open is told without doubles")
{
    const auto found = parse_container(container(
        "{}",
        R"({"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"61000"},
            {"HostIp":"::","HostPort":"61000"},{"HostIp":"::","HostPort":"61000"}],
            "53/udp":[{"HostIp":"127.0.0.1","HostPort":"53"}],"90/tcp":null}})"
    ));
    REQUIRE(found);
    CHECK(text_of(found->open) == "tcp4 0.0.0.0:61000, tcp6 [::]:61000, udp4 127.0.0.1:53");
}

TEST_CASE("what the VM's network cannot do is an obstacle")
{
    const auto [bindings, word] = GENERATE(table<std::string, std::string>({
        {R"({"80/tcp":[{"HostIp":"::","HostPort":""}]})", "80/tcp"},
        {R"({"80/tcp":[{"HostIp":"::","HostPort":"80"},{"HostIp":"127.0.0.1","HostPort":"80"}]})",
         "IPv6"},
        {R"({"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"80"},{"HostIp":"::","HostPort":"81"}]})",
         "IPv6"},
        {R"({"80/tcp":[{"HostIp":"","HostPort":""},{"HostIp":"::","HostPort":""}]})", "IPv6"},
        {R"({"80/sctp":[{"HostPort":"8080"}]})", "80/sctp"},
    }));
    const auto found = parse_container(container(R"({"PortBindings":)" + bindings + "}"));
    REQUIRE(found);
    CHECK_THAT(found->obstacle, Catch::Contains(word));
}

TEST_CASE("anything else is no container")
{
    const std::string body = GENERATE("", "[]", "{}", R"({"Id":7})", R"({"message":"no"})");
    CHECK_FALSE(parse_container(body));
}

TEST_CASE("what the engine can open where a way leads is no obstacle")
{
    const std::string bindings = GENERATE(
        R"({"80/tcp":[{"HostIp":"::1","HostPort":"8080"}]})",
        R"({"80/tcp":[{"HostIp":"::","HostPort":"80"},{"HostIp":"0.0.0.0","HostPort":"80"}]})",
        R"({"80/tcp":[7,{"HostIp":"","HostPort":"80"},{"HostIp":"::","HostPort":"80"}]})",
        R"({"80/sctp":[]})",
        R"({"80/sctp":null})"
    );
    const auto found = parse_container(container(R"({"PortBindings":)" + bindings + "}"));
    REQUIRE(found);
    CHECK(found->obstacle.empty());
}

TEST_CASE("an address is known by one name, however it was written")
{
    const auto found = parse_container(
        container(R"({"PortBindings":{"80/tcp":[{"HostIp":"0:0:0:0:0:0:0:1","HostPort":"8080"}]}})")
    );
    REQUIRE(found);
    CHECK(text_of(found->wanted) == "tcp6 [::1]:8080");
}

TEST_CASE("the guest opens the ports of IPv6 addresses where they are looked for")
{
    const test_support::test_directory directory;
    test_support::write_file(directory / "docker-proxy", "#!/bin/sh\necho \"$@\"\n");
    fs::permissions(directory / "docker-proxy", fs::perms::owner_all);
    const std::string address = GENERATE(
        "::1", "::", "2001:db8::f5:1234", "fd00::", "fe80::1:ffff", "1:2:3:4:5:6:7:8", "10.0.0.7"
    );
    const auto started = test_support::run_checked({
        .arguments =
            {"/bin/sh", GUEST_PUBLISH, "-proto", "tcp", "-host-ip", address, "-host-port", "80"},
        .environment = {{"PATH", directory.path().string()}},
    });
    const bool all = address == "::";
    const auto opened = all ? address : in_guest({vmctl::transport::tcp, address, 80}).address;
    CHECK(started == "-proto tcp -host-ip " + opened + " -host-port 80\n");
}

TEST_CASE("a port of all addresses is one of the guest's own, another is on the guest's loopback")
{
    using vmctl::transport;
    const auto guest = [](std::string address) {
        return in_guest({transport::tcp, std::move(address), 80});
    };
    CHECK(guest("0.0.0.0") == vmctl::guest_port{transport::tcp, "10.0.2.15", 80});
    CHECK(guest("::") == vmctl::guest_port{transport::tcp, "10.0.2.15", 80});
    CHECK(guest("127.0.0.2") == vmctl::guest_port{transport::tcp, "127.0.0.2", 80});
    CHECK(guest("::1") == vmctl::guest_port{transport::tcp, "127.128.0.1", 80});
    CHECK(guest("2001:db8::f5:1234") == vmctl::guest_port{transport::tcp, "127.245.18.52", 80});
    CHECK(guest("fd00::") == vmctl::guest_port{transport::tcp, "127.128.0.0", 80});
}
