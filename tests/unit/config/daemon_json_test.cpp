// What dockerd's daemon.json may hold in ours, and what is said of what it may not.
#include "config/daemon_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace config;

namespace {

std::string problems_of(const char* text)
{
    complaints wrong;
    check_daemon_json(json::parse(text), wrong);
    std::string lines;
    for (const auto& [element, what] : wrong) lines += element + ": " + what + "\n";
    return lines;
}

}  // namespace

TEST_CASE("settings of dockerd are taken as they are")
{
    const auto* const text = GENERATE(
        "{}",
        R"({"registry-mirrors": ["https://mirror.example", "http://10.0.0.1:5000/"]})",
        R"({"insecure-registries": ["registry.example:5000", "10.0.0.0/8", "2001:db8::/32"]})",
        R"({"dns": ["192.0.2.53", "2001:db8::53"], "dns-search": ["example"]})",
        R"({"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}})",
        R"({"features": {"containerd-snapshotter": true}, "debug": false, "mtu": 1400})",
        R"({"default-address-pools": [{"base": "172.30.0.0/16", "size": 24}]})",
        R"({"default-address-pools": [{"base": "fd00::/48", "size": 64}], "oom-score-adjust": -500})",
        R"({"builder": {"gc": {"enabled": true}}, "default-ulimits": {"nofile": {"Name": "nofile"}}})"
    );
    INFO(text);
    CHECK(problems_of(text) == "");
}

TEST_CASE("what dockerd would not start with is told beforehand")
{
    struct row {
        const char* text;
        const char* problem;
    };

    const auto [text, problem] = GENERATE(values<row>({
        {"[]", ": must be an object, { … }, as in dockerd's daemon.json, not a list\n"},
        {R"({"registry-mirors": []})",
         ".registry-mirors: is no setting of dockerd; did you mean \"registry-mirrors\"?\n"},
        {R"({"turbo": true})", ".turbo: is no setting of dockerd's daemon.json\n"},
        {R"({"registry-mirrors": ["mirror.example"]})",
         ".registry-mirrors[0]: must be http://HOST[:PORT] or https://HOST[:PORT], without a path, "
         "not the string \"mirror.example\"\n"},
        {R"({"registry-mirrors": ["https://mirror.example/v2"]})",
         ".registry-mirrors[0]: must be http://HOST[:PORT] or https://HOST[:PORT], without a path, "
         "not the string \"https://mirror.example/v2\"\n"},
        {R"({"insecure-registries": ["http://registry.example"]})",
         ".insecure-registries[0]: must be HOST[:PORT] or a network such as \"192.0.2.0/24\", not "
         "the string \"http://registry.example\"\n"},
        {R"({"dns": ["dns.example"]})",
         ".dns[0]: must be an IP address, not the string \"dns.example\"\n"},
        {R"({"log-opts": {"max-file": 3}})",
         ".log-opts.max-file: must be a string, not the number 3\n"},
        {R"({"debug": "yes"})", ".debug: must be true or false, not the string \"yes\"\n"},
        {R"({"mtu": 1.5, "labels": "a=b"})",
         ".mtu: must be a whole number, not the number 1.5\n"
         ".labels: must be a list, not the string \"a=b\"\n"},
        {R"({"hosts": ["tcp://0.0.0.0:2375"]})",
         ".hosts: is set by Gangway itself, which could not reach the engine or its data "
         "otherwise\n"},
    }));
    INFO(text);
    CHECK(problems_of(text) == problem);
}

TEST_CASE("an address pool is a network and a prefix length that fits into it")
{
    const auto* const pool = GENERATE(
        R"({"base": "172.30.0.0/16", "size": 8})",
        R"({"base": "172.30.0.0/16", "size": 33})",
        R"({"base": "172.30.0.0", "size": 24})",
        R"({"base": "172.30.0.0/16"})",
        R"({"base": "172.30.0.0/16", "size": "24"})",
        R"({"base": "172.30.0.0/16", "size": 24, "sise": 1})",
        R"("172.30.0.0/16")"
    );
    INFO(pool);
    const auto said =
        problems_of((R"({"default-address-pools": [)" + std::string(pool) + "]}").c_str());
    CHECK_THAT(said, Catch::StartsWith(".default-address-pools[0]: must be "));
}

TEST_CASE("what a running dockerd takes over as a whole is known")
{
    CHECK(reloads("registry-mirrors"));
    CHECK(reloads("insecure-registries"));
    CHECK(reloads("labels"));
    CHECK_FALSE(reloads("dns"));
    CHECK_FALSE(reloads("features"));
    CHECK_FALSE(reloads("turbo"));
}
