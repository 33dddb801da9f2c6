// What `gangway doctor` asks about the Docker client: whether it finds us, and whether something
// between the two is in the way. The judges are pure.
#pragma once

#include "config/endpoint.hpp"
#include "gangway/doctor_finding.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gangway {

// Where a docker client of this user goes, in the order in which it asks (docker/cli,
// cli/command/cli.go).
struct endpoint_facts {
    std::string docker_host;                  // DOCKER_HOST; empty: not set
    std::string docker_context;               // DOCKER_CONTEXT
    std::string current_context;              // of the client's configuration
    std::optional<std::string> context_host;  // of the context that counts; nothing: no such
    std::string our_host;                     // "unix:///…/docker.sock"; empty: not known
    // Of a unix socket or pipe that it leads to.
    bool leads_to_us = false;
    bool exists = false;
};

// The context that counts; "default": none, which means usual_docker_host(). Empty: DOCKER_HOST
// counts.
std::string context_in_use(const endpoint_facts& facts);

// Where the client goes. Nothing: its context does not exist.
std::optional<std::string> host_in_use(const endpoint_facts& facts);

finding judge_endpoint(const endpoint_facts& facts);

struct api_facts {
    bool has_client = false;
    std::string client;         // "1.50"; empty: not known
    bool forced = false;        // by DOCKER_API_VERSION, so that it does not adapt
    std::string engine;         // what it speaks at most; empty: it was not asked
    std::string engine_least;   // and at least
    std::string why_not_asked;  // "the VM is saved"
};

// Docker API versions in their order: "1.9" is below "1.24".
bool is_below(std::string_view version, std::string_view other);

finding judge_api(const api_facts& facts);

struct proxy_facts {
    std::string http_proxy;
    std::string https_proxy;
    std::string no_proxy;
};

// Of the shell's programs; the engine's own proxy is in the configuration.
finding judge_proxy(const proxy_facts& facts);

// A route of this machine, IPv4.
struct route {
    std::string interface;
    std::uint32_t network = 0;  // 10.8.0.0 is 0x0a080000
    unsigned prefix = 0;        // its length
};

// Of the text of /proc/net/route (Linux, Documentation/networking/proc_net_route); lines that are
// none are left out.
std::vector<route> parse_routes(std::string_view text);

// Networks that containers do not reach, since the VM has the same ones: a VPN's, mostly.
// `default_bridge`: the engine's first bridge has its usual network.
finding judge_routes(const std::vector<route>& routes, bool default_bridge);

// What was learnt of the engine, and why not.
struct engine_answer {
    std::string api;
    std::string least_api;
    std::string why_not_asked;
};

// Runs the docker client for its version, away from every engine. `vm`: the engine is in our VM.
findings client_findings(
    const std::optional<config::local_endpoint>& docker_socket,
    const engine_answer& engine,
    bool vm,
    const std::string& daemon_json
);

}  // namespace gangway
