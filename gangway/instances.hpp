// Every instance of this user (docs/configuration.md), and what each does now.
#pragma once

#include "config/settings.hpp"

#include <filesystem>
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

// Those that have files in `usual_place`, where each instance has its state by default, those that
// the configuration has `named`, and the default one, by name. `settings_of` gives those of an
// instance, and may throw. Starts no daemon.
std::vector<instance> find_instances(
    const std::filesystem::path& usual_place,
    const std::vector<std::string>& named,
    const std::function<config::settings(const std::string& name)>& settings_of
);

// A line each. Pure.
std::string instances_text(const std::vector<instance>& all);
std::string instances_json(const std::vector<instance>& all);

}  // namespace gangway
