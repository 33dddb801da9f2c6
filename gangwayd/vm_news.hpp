// Who is told what becomes of the VM: the supervisor knows nothing of clients, and they nothing of
// it.
#pragma once

#include "proxy/container_census.hpp"
#include "proxy/engine_watch.hpp"
#include "proxy/known_changes.hpp"
#include "proxy/published_ports.hpp"
#include "proxy/server.hpp"
#include "proxy/sleep_record.hpp"
#include "vmctl/supervisor.hpp"

#include <functional>
#include <string>

struct vm_audience {
    proxy::server& server;
    proxy::published_ports& ports;
    proxy::engine_watch& watch;
    proxy::container_census& census;
    proxy::sleep_record& record;
    proxy::known_changes& answers;
    // Digest of all that decides what a sleeping engine's answers are and whether they still hold.
    std::function<std::string()> what_answers_depend_on;
};

// From now on. `vm` and all of `audience` must outlive the supervisor's last news.
void tell_news_of(vmctl::supervisor& vm, const vm_audience& audience);
