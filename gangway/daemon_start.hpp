// A daemon that is not running yet: started through the service manager's docker socket where there
// is one, as the first docker client would, or else explained to the user.
#pragma once

#include "config/load.hpp"
#include "gangway/control_client.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace gangway {

// The sentence that says what to do. `start_command` is the service manager's, if the daemon is
// installed there. Pure.
std::string not_running_sentence(
    const config::local_endpoint& control, const std::optional<std::string>& start_command
);

// How long a service manager may take from our connection to a daemon that answers.
inline constexpr std::chrono::seconds start_patience{20};

// Returns when the daemon answers on `control`. When nobody listens there, but somebody does on
// `docker_socket`, a connection to it makes the service manager start the daemon; it carries no
// byte, so it starts no VM. Throws daemon_not_running or failure.
void reach_daemon(
    const config::local_endpoint& control,
    const std::optional<config::local_endpoint>& docker_socket,
    const std::optional<std::string>& start_command,
    std::chrono::milliseconds patience = start_patience
);

// Where the configuration has docker clients connect. Nothing: at a socket of the service manager
// alone.
std::optional<config::local_endpoint> docker_socket(const config::settings& settings);

// The daemon that the configuration and the command line lead to, found running or started so.
// Throws what reach_daemon() does, and config::config_error.
control_client find_daemon(const config::overrides& where);

}  // namespace gangway
