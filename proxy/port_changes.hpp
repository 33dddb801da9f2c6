// What has to change on this host so that its open ports are what a container publishes. Pure.
#pragma once

#include "proxy/container_ports.hpp"

#include <boost/system/error_code.hpp>

#include <map>
#include <string>
#include <vector>

namespace proxy {

// Our ports, and the containers (by id) to which they lead.
using port_owners = std::map<published_port, std::string>;

struct port_changes {
    std::vector<published_port> close;
    std::vector<published_port> adopt;  // another container's; the engine says whose they are
    std::vector<published_port> open;
};

// `starting`: what was opened for the container stays, although it may not run yet.
port_changes changes_for(const container_ports& container, const port_owners& now, bool starting);

// Whether nobody minds that it cannot be had: a host without IPv6 loses nothing by a port of all
// its addresses.
bool is_dispensable(const published_port& port, const boost::system::error_code& why);

// As dockerd says it (moby libnetwork/portmapper), with what it does not say about privileges:
// "listen tcp4 0.0.0.0:80: bind: …".
std::string describe_failure(const published_port& port, const boost::system::error_code& why);

// The whole sentence about a container that cannot be started for that reason.
std::string describe_refusal(const container_ports& container, const std::string& failure);

}  // namespace proxy
