// What the daemon tells a monitoring system of itself (docs/metrics.md).
#pragma once

#include "config/settings.hpp"
#include "proxy/published_ports.hpp"
#include "proxy/server.hpp"
#include "vmctl/supervisor.hpp"

#include <string>

// As metrics_text writes it. Looks only: at what the parts have counted, and at files of this host;
// nothing is asked of libvirt, the VM or the engine. `vm` and `ports` are null when the daemon
// serves an engine that already runs, and what is theirs is absent then.
std::string metrics(
    const config::settings& settings,
    const proxy::server& server,
    const vmctl::supervisor* vm,
    const proxy::published_ports* ports
);
