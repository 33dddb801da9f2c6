// What clients connect to on this machine, as it is now. Nothing here starts a daemon. One source
// file a platform.
#pragma once

#include "config/endpoint.hpp"
#include "gangway/doctor_finding.hpp"
#include "gangway/doctor_instance.hpp"

#include <string>

namespace gangway {

bool is_there(const config::local_endpoint& endpoint);

// Whether both lead to one listener, which need not be there.
bool is_same(const config::local_endpoint& one, const config::local_endpoint& other);

// Of a daemon that does not run: whether a service manager listens there for it.
bool starts_what_it_serves(const config::local_endpoint& endpoint);

// `check` names it: "docker socket" or "control socket".
finding look_at_listener(
    const std::string& check, const config::local_endpoint& endpoint, const daemon_facts& daemon
);

// Where the docker client can be sent so that it finds nobody.
std::string nobodys_host();

}  // namespace gangway
