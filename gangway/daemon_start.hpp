// A daemon that is not running yet: started through the service manager's docker socket where there
// is one, as the first docker client would, or else explained to the user.
#pragma once

#include "config/load.hpp"
#include "gangway/control_client.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gangway {

// Where systemd looks for units, for the message only.
struct unit_search {
    bool system_service = false;  // run by root
    std::vector<std::filesystem::path> directories;
};

unit_search read_unit_search();

// The sentence that says what to do. Pure but for looking whether a unit is installed.
std::string not_running_sentence(
    const std::filesystem::path& control_socket, const unit_search& units
);

// How long a service manager may take from our connection to a daemon that answers.
inline constexpr std::chrono::seconds start_patience{20};

// Returns when the daemon answers on `control`. When nobody listens there, but somebody does on
// `docker_socket`, a connection to it makes the service manager start the daemon; it carries no
// byte, so it starts no VM. Throws daemon_not_running or failure.
void reach_daemon(
    const std::filesystem::path& control,
    const std::optional<std::filesystem::path>& docker_socket,
    const unit_search& units,
    std::chrono::milliseconds patience = start_patience
);

// Where the configuration has docker clients connect. Nothing: at a socket of the service manager
// alone.
std::optional<std::filesystem::path> docker_socket(const config::settings& settings);

// The daemon that the configuration and the command line lead to, found running or started so.
// Throws what reach_daemon() does, and config::config_error.
control_client find_daemon(const config::overrides& where);

}  // namespace gangway
