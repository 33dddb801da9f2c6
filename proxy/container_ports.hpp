// What a container publishes, as the engine's answer to GET /containers/{id}/json tells. Pure.
// Source: moby api/swagger.yaml (PortMap, PortBinding).
#pragma once

#include "vmctl/port_forwarding.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

// A port of this host.
struct published_port {
    vmctl::transport protocol = vmctl::transport::tcp;
    std::string address;  // numeric; "0.0.0.0" and "::" mean all
    std::uint16_t port = 0;
    // clang-tidy 14 sees a null pointer in it.
    auto operator<=>(const published_port&) const = default;  // NOLINT(modernize-use-nullptr)
};

// As Go's net package writes it: "tcp4 0.0.0.0:80", "udp6 [::1]:53".
std::string to_string(const published_port& port);

struct container_ports {
    std::string id = {};
    std::string name = {};  // without the slash
    bool running = false;
    bool on_host_network = false;  // the engine's own, where what it listens on is open
    bool auto_remove = false;      // --rm
    // Asked for by number. The engine chooses the others, and those of a range.
    std::vector<published_port> wanted = {};
    // Open now.
    std::vector<published_port> open = {};
    // Asked for, and out of reach on this host: why, as a sentence. Empty: nothing is.
    std::string obstacle = {};
};

// Nothing: it is no such answer.
std::optional<container_ports> parse_container(std::string_view inspected);

// What the answer to GET /services tells to be open on every node of the swarm. Ports of tasks
// (mode "host") are their containers'. Pure. Source: moby api/swagger.yaml (Service,
// EndpointPortConfig).
std::vector<published_port> parse_services(std::string_view list);

// Where in the guest it is when the engine there has it open. No IPv6 comes into the guest: an IPv6
// address has a stand-in on the guest's loopback, 127.128.0.0/9 with the address's last 23 bits.
// The guest's `publish` knows the same rule.
vmctl::guest_port in_guest(const published_port& port);

}  // namespace proxy
