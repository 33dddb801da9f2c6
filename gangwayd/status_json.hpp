// The daemon's status as the control API shows it.
#pragma once

#include "config/settings.hpp"
#include "proxy/port_changes.hpp"
#include "vmctl/supervisor.hpp"

#include <cstddef>
#include <string>
#include <vector>

// `vm` is null when there is none. Ends with a line feed.
std::string status_json(
    const config::settings& settings,
    const std::vector<std::string>& docker_sockets,
    std::size_t sessions,
    const std::vector<vmctl::requester>& in_flight,
    const vmctl::supervisor* vm
);

// {"protocol": "tcp", "address": …, "port": …, "container": …}, each, in an array.
std::string ports_json(const proxy::port_owners& ports);

// {"expected": [{"stage": …, "elapsed_ms": …}, …]} on one line, without line feed.
std::string expectation_json(const std::vector<vmctl::stage_event>& stages);

// {"stage": …, "elapsed_ms": …} on one line, without line feed.
std::string stage_json(const vmctl::stage_event& stage);
