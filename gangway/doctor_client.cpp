// The judges.
#include "gangway/doctor_client.hpp"

#include "gangway/doctor_advice.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <sstream>

namespace gangway {
namespace {

constexpr std::uint32_t address(
    std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d = 0
)
{
    return a << 24U | b << 16U | c << 8U | d;
}

struct guest_network {
    std::uint32_t network;
    unsigned prefix;
    const char* text;
};

// QEMU's user network, and the bridge that dockerd makes for containers.
constexpr guest_network user_network{address(10, 0, 2), 24, "10.0.2.0/24"};
constexpr guest_network bridge_network{address(172, 17, 0), 16, "172.17.0.0/16"};

// Wider ones are ways out, of which the VM's networks take little.
constexpr unsigned shortest_prefix = 9;

bool overlaps(const route& of_host, const guest_network& of_guest)
{
    const auto prefix = std::min(of_host.prefix, of_guest.prefix);
    return of_host.prefix >= shortest_prefix &&
           (of_host.network ^ of_guest.network) >> (32U - prefix) == 0;
}

// Made by a container engine or hypervisor of this machine for itself alone.
bool is_local_bridge(const std::string& interface)
{
    constexpr std::array<std::string_view, 5> beginnings{"docker", "br-", "virbr", "podman", "cni"};
    return std::ranges::any_of(beginnings, [&](std::string_view beginning) {
        return interface.starts_with(beginning);
    });
}

std::array<unsigned, 2> numbers_of(std::string_view version)
{
    std::array<unsigned, 2> numbers{};
    const auto dot = std::min(version.find('.'), version.size());
    std::from_chars(version.data(), version.data() + dot, numbers[0]);
    if (dot < version.size())
        std::from_chars(version.data() + dot + 1, version.data() + version.size(), numbers[1]);
    return numbers;
}

std::string joined_list(const std::string& first, const std::string& second)
{
    return first.empty() || second.empty() ? first + second : first + ", " + second;
}

// Host names and addresses that mean this machine.
bool spares_this_machine(const std::string& no_proxy)
{
    std::istringstream list(no_proxy);
    bool name = false;
    bool number = false;
    for (std::string entry; std::getline(list, entry, ',');) {
        std::erase_if(entry, [](unsigned char c) { return std::isspace(c) != 0; });
        if (entry == "*") return true;
        name = name || entry == "localhost" || entry == ".localhost";
        number = number || entry == "127.0.0.1" || entry == "127.0.0.0/8" || entry == "127.0.0.1/8";
    }
    return name && number;
}

// What says where the client goes, if that is a variable.
std::string variable_in_use(const endpoint_facts& facts)
{
    if (!facts.docker_host.empty()) return "DOCKER_HOST";
    return facts.docker_context.empty() ? "" : "DOCKER_CONTEXT";
}

std::string what_leads(const endpoint_facts& facts)
{
    const auto context = context_in_use(facts);
    const auto variable = variable_in_use(facts);
    if (variable.empty()) return "the context " + context;
    return context.empty() ? variable : variable + "=" + context;
}

}  // namespace

std::string context_in_use(const endpoint_facts& facts)
{
    if (!facts.docker_host.empty()) return {};
    if (!facts.docker_context.empty()) return facts.docker_context;
    return facts.current_context.empty() ? "default" : facts.current_context;
}

std::optional<std::string> host_in_use(const endpoint_facts& facts)
{
    if (!facts.docker_host.empty()) return facts.docker_host;
    if (context_in_use(facts) == "default") return usual_docker_host();
    return facts.context_host;
}

finding judge_endpoint(const endpoint_facts& facts)
{
    const std::string check = "docker client";
    const auto context = context_in_use(facts);
    const auto host = host_in_use(facts);
    const auto by = what_leads(facts);
    if (!host)
        return {
            check,
            verdict::wrong,
            "it is to use the context " + context + ", which does not exist",
            facts.docker_context.empty() ? "gangway context install --use"
                                         : "unset DOCKER_CONTEXT, or `gangway context install`"};
    if (facts.our_host.empty())
        return {
            check,
            verdict::ok,
            "it goes to " + *host + " by " + by +
                "; ours is at a socket of the service manager, which is not compared",
            {}};
    if (facts.leads_to_us) return {check, verdict::ok, "it goes to " + *host + " by " + by, {}};
    auto advice = variable_in_use(facts);
    if (!advice.empty()) advice = "unset " + advice + ", then ";
    advice += "`gangway context install --use`, or " + advice_for_this_shell();
    const bool local = host->starts_with("unix://") || host->starts_with("npipe://");
    const bool stale = local && !facts.exists;
    if (stale && context != "default")
        return {check, verdict::wrong, by + " leads to " + *host + ", where nothing is", advice};
    return {
        check,
        verdict::warning,
        "it goes to " + *host + " by " + by + (stale ? ", where nothing is" : ", which is not us"),
        advice};
}

bool is_below(std::string_view version, std::string_view other)
{
    return numbers_of(version) < numbers_of(other);
}

finding judge_api(const api_facts& facts)
{
    const std::string check = "client version";
    if (!facts.has_client)
        return {
            check,
            verdict::warning,
            "there is no docker program",
            "install docker-cli, unless other clients are all that is used"};
    if (facts.client.empty())
        return {
            check,
            verdict::warning,
            "`docker version` does not tell the client's API version",
            "see what `docker version` says"};
    auto found = "API " + facts.client + (facts.forced ? ", by DOCKER_API_VERSION" : "");
    if (facts.engine.empty())
        return {
            check, verdict::ok, found + "; the engine was not asked: " + facts.why_not_asked, {}};
    found += "; the engine has " + facts.engine_least + " to " + facts.engine;
    if (!facts.engine_least.empty() && is_below(facts.client, facts.engine_least))
        return {
            check,
            verdict::wrong,
            found,
            facts.forced ? "unset DOCKER_API_VERSION" : "install a newer docker client"};
    if (facts.forced && is_below(facts.engine, facts.client))
        return {check, verdict::wrong, found, "unset DOCKER_API_VERSION"};
    return {check, verdict::ok, found, {}};
}

finding judge_proxy(const proxy_facts& facts)
{
    const std::string names = joined_list(
        facts.http_proxy.empty() ? "" : "HTTP_PROXY", facts.https_proxy.empty() ? "" : "HTTPS_PROXY"
    );
    if (names.empty()) return {"proxy", verdict::ok, "none is set", {}};
    if (spares_this_machine(facts.no_proxy))
        return {"proxy", verdict::ok, names + " is set, but not for this machine", {}};
    return {
        "proxy",
        verdict::warning,
        names +
            " is set, and NO_PROXY does not have both localhost and 127.0.0.1: requests to "
            "published ports go to the proxy",
        "export NO_PROXY=localhost,127.0.0.1" +
            (facts.no_proxy.empty() ? std::string() : ",\"$NO_PROXY\"")};
}

std::vector<route> parse_routes(std::string_view text)
{
    std::vector<route> routes;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string interface, destination, gateway, flags, skipped, mask;
        fields >> interface >> destination >> gateway >> flags >> skipped >> skipped >> skipped >>
            mask;
        std::uint32_t network = 0;
        std::uint32_t bits = 0;
        const auto number = [](const std::string& hex, std::uint32_t& into) {
            const auto* const end = hex.data() + hex.size();
            const auto [stop, error] = std::from_chars(hex.data(), end, into, 16);
            return hex.size() == 8 && error == std::errc() && stop == end;
        };
        if (!number(destination, network) || !number(mask, bits)) continue;
        // In the order of the network's bytes, printed as a number of this machine's.
        const auto turned =
            network << 24U | (network & 0xff00U) << 8U | (network >> 8U & 0xff00U) | network >> 24U;
        routes.push_back({interface, turned, static_cast<unsigned>(std::popcount(bits))});
    }
    return routes;
}

finding judge_routes(const std::vector<route>& routes, bool default_bridge)
{
    std::string taken;
    bool bridge = false;
    for (const auto& each : routes) {
        if (is_local_bridge(each.interface)) continue;
        const auto add = [&](const guest_network& network) {
            if (!overlaps(each, network)) return false;
            taken += (taken.empty() ? "" : ", ") + std::string(network.text) + " (" +
                     each.interface + ")";
            return true;
        };
        add(user_network);
        if (default_bridge && add(bridge_network)) bridge = true;
    }
    if (taken.empty())
        return {"network", verdict::ok, "no network of this machine is one of the VM's", {}};
    return {
        "network",
        verdict::warning,
        "containers do not reach what is in " + taken + ": the VM has such a network itself",
        bridge ? "give containers another one, such as \"engine\": {\"daemon_json\": {\"bip\": "
                 "\"192.168.200.1/24\"}}"
               : "use another network there; the VM's own cannot be changed"};
}

}  // namespace gangway
