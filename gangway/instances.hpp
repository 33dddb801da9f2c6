// Every instance of this user (docs/configuration.md), and what each does now.
#pragma once

#include "config/settings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gangway {

struct instance {
    std::string name;
    std::string state;        // of its VM; "no daemon", or why its daemon cannot be asked
    std::string docker_host;  // empty: the service manager opens the socket
    bool operator==(const instance&) const = default;
};

// Those that have files, and the default one, by name. `settings_of` gives those of the instance
// that is named, and may throw. Starts no daemon.
std::vector<instance> find_instances(
    const std::function<config::settings(const std::string& name)>& settings_of
);

// A line each. Pure.
std::string instances_text(const std::vector<instance>& all);
std::string instances_json(const std::vector<instance>& all);

}  // namespace gangway
