// The daemon's status as the control API shows it.
#pragma once

#include "config/settings.hpp"
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

// {"stage": …, "elapsed_ms": …} on one line, without line feed.
std::string stage_json(const vmctl::stage_event& stage);
