// The comparison, and dockerd's words.
#include "proxy/port_changes.hpp"

#include "proxy/host_port_rules.hpp"

#include <algorithm>

namespace proxy {

using boost::system::errc::errc_t;

port_changes changes_for(const container_ports& container, const port_owners& now, bool starting)
{
    std::vector<published_port> wanted;
    if (container.running) wanted = container.open;
    port_changes changes;
    for (const auto& [port, owner] : now) {
        const bool stays = starting || std::ranges::find(wanted, port) != wanted.end();
        if (owner == container.id && !stays) changes.close.push_back(port);
    }
    for (const auto& port : wanted) {
        const auto found = now.find(port);
        if (found == now.end()) {
            changes.open.push_back(port);
        } else if (found->second != container.id) {
            changes.adopt.push_back(port);
        }
    }
    return changes;
}

bool is_dispensable(const published_port& port, const boost::system::error_code& why)
{
    return port.address == "::" &&
           (why == errc_t::address_family_not_supported || why == errc_t::address_not_available);
}

std::string describe_failure(const published_port& port, const boost::system::error_code& why)
{
    auto reason = why.message();
    if (reason.starts_with("Cannot")) reason.front() = 'c';  // as Go writes it
    if (why == errc_t::address_in_use) {
        reason = "address already in use";
    } else if (why == errc_t::permission_denied) {
        reason = "permission denied; " + permission_rule(port.port);
    }
    return "listen " + to_string(port) + ": bind: " + reason;
}

std::string describe_refusal(const container_ports& container, const std::string& failure)
{
    return "driver failed programming external connectivity on endpoint " + container.name + " (" +
           container.id + "): Error starting userland proxy: " + failure;
}

}  // namespace proxy
