// Where a docker client goes, what it speaks, and what is between.
#include "gangway/doctor_client.hpp"

#include "gangway/doctor_advice.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using namespace gangway;

namespace {

constexpr auto ours = "unix:///run/user/1000/gangway/docker.sock";

}  // namespace

TEST_CASE("a client that is told nothing goes to the usual socket", "[unix]")
{
    CHECK(usual_docker_host() == "unix:///var/run/docker.sock");
}

TEST_CASE("a client asks DOCKER_HOST, DOCKER_CONTEXT, its configuration and its default, in turn")
{
    endpoint_facts facts;
    CHECK(context_in_use(facts) == "default");
    CHECK(host_in_use(facts) == usual_docker_host());
    facts.current_context = "gangway";
    CHECK(context_in_use(facts) == "gangway");
    CHECK(host_in_use(facts) == std::nullopt);
    facts.context_host = ours;
    CHECK(host_in_use(facts) == ours);
    facts.docker_context = "other";
    CHECK(context_in_use(facts) == "other");
    facts.docker_host = "tcp://there:2375";
    CHECK(context_in_use(facts).empty());
    CHECK(host_in_use(facts) == "tcp://there:2375");
}

TEST_CASE("a client that goes elsewhere is told how to find us")
{
    endpoint_facts facts;
    facts.our_host = ours;
    verdict judged = verdict::ok;
    std::string advice;
    SECTION("its context is ours")
    {
        facts.current_context = "gangway";
        facts.context_host = ours;
        facts.leads_to_us = true;
    }
    SECTION("the usual socket is a link to ours")
    {
        facts.leads_to_us = true;
    }
    SECTION("the usual socket is another engine's")
    {
        facts.exists = true;
        judged = verdict::warning;
        advice = "gangway context install --use";
    }
    SECTION("nothing leads anywhere")
    {
        judged = verdict::warning;
        advice = "gangway context install --use";
    }
    SECTION("DOCKER_HOST is another engine's")
    {
        facts.docker_host = "tcp://there:2375";
        judged = verdict::warning;
        advice = "unset DOCKER_HOST";
    }
    SECTION("DOCKER_HOST is stale")
    {
        facts.docker_host = "unix:///gone";
        judged = verdict::wrong;
        advice = "unset DOCKER_HOST";
    }
    SECTION("DOCKER_CONTEXT is another engine's")
    {
        facts.docker_context = "other";
        facts.context_host = "unix:///other";
        facts.exists = true;
        judged = verdict::warning;
        advice = "unset DOCKER_CONTEXT";
    }
    SECTION("the context was removed")
    {
        facts.current_context = "gone";
        judged = verdict::wrong;
        advice = "gangway context install --use";
    }
    SECTION("the service manager opens our socket")
    {
        facts.our_host.clear();
    }
    const auto found = judge_endpoint(facts);
    CAPTURE(found.found);
    CHECK(found.judged == judged);
    CHECK_THAT(found.advice, Contains(advice));
    CHECK(found.advice.empty() == (judged == verdict::ok));
}

TEST_CASE("API versions are numbers, not texts")
{
    CHECK(is_below("1.9", "1.24"));
    CHECK_FALSE(is_below("1.24", "1.9"));
    CHECK_FALSE(is_below("1.41", "1.41"));
    CHECK(is_below("1.41", "2"));
    CHECK(is_below("", "1.1"));
}

TEST_CASE("a client that is too old, or forced beyond the engine, does not work")
{
    const auto [client, forced, judged] = GENERATE(table<std::string, bool, verdict>({
        {"1.50", false, verdict::ok},  // it adapts
        {"1.50", true, verdict::wrong},
        {"1.41", true, verdict::ok},
        {"1.24", false, verdict::ok},
        {"1.23", false, verdict::wrong},
        {"1.9", true, verdict::wrong},
        {"", false, verdict::warning},
    }));
    CAPTURE(client, forced);
    const api_facts facts{true, client, forced, "1.44", "1.24", ""};
    CHECK(judge_api(facts).judged == judged);
    CHECK(judge_api({}).judged == verdict::warning);
    const auto unasked = judge_api({true, "1.50", true, "", "", "the VM is saved"});
    CHECK(unasked.judged == verdict::ok);
    CHECK_THAT(unasked.found, Contains("not asked: the VM is saved"));
}

TEST_CASE("a proxy that is used for this machine's own addresses is a warning")
{
    const auto [no_proxy, judged] = GENERATE(table<std::string, verdict>({
        {"", verdict::warning},
        {"localhost", verdict::warning},
        {"127.0.0.1,example.org", verdict::warning},
        {"localhost,127.0.0.1", verdict::ok},
        {"example.org, localhost, 127.0.0.0/8", verdict::ok},
        {"*", verdict::ok},
    }));
    CAPTURE(no_proxy);
    CHECK(judge_proxy({"http://p:3128", "", no_proxy}).judged == judged);
    CHECK(judge_proxy({"", "http://p:3128", no_proxy}).judged == judged);
    CHECK(judge_proxy({"", "", no_proxy}).judged == verdict::ok);
}

TEST_CASE("routes are read as Linux prints them")
{
    const auto routes = parse_routes(
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
        "tun0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
        "what is this\n"
    );
    REQUIRE(routes.size() == 2);
    CHECK(routes[0].prefix == 0);
    CHECK(routes[1].interface == "tun0");
    CHECK(routes[1].network == 0x0a000200);
    CHECK(routes[1].prefix == 24);
}

TEST_CASE("a network of this machine that the VM has, too, is a warning")
{
    const auto [one, found] = GENERATE(table<route, std::string>({
        {{"eth0", 0, 0}, ""},
        {{"eth0", 0xc0a80000, 24}, ""},
        {{"tun0", 0x0a000000, 8}, ""},  // what it takes of that is little
        {{"tun0", 0x0a000000, 16}, "10.0.2.0/24 (tun0)"},
        {{"tun0", 0x0a000280, 25}, "10.0.2.0/24 (tun0)"},
        {{"wg0", 0xac110000, 16}, "172.17.0.0/16 (wg0)"},
        {{"wg0", 0xac100000, 12}, "172.17.0.0/16 (wg0)"},
        {{"docker0", 0xac110000, 16}, ""},
    }));
    CAPTURE(one.interface, one.network, one.prefix);
    const auto judged = judge_routes({one}, true);
    CHECK(judged.judged == (found.empty() ? verdict::ok : verdict::warning));
    CHECK_THAT(judged.found, Contains(found));
    CHECK(judge_routes({{"wg0", 0xac110000, 16}}, false).judged == verdict::ok);
}
