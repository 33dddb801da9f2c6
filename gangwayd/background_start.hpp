// A daemon that the machine starts by itself: as a service, or when the user logs in. Windows has
// no other tool for that; elsewhere there are systemd and launchd (docs/services.md). One source
// file a platform.
#pragma once

#include "config/load.hpp"

#include <functional>
#include <optional>
#include <string>

struct background_request {
    enum class way { service, login };
    enum class step { install, remove, run };
    way by = way::service;
    step what = step::run;
};

// Where a daemon says what it has to say.
struct daemon_voice {
    // Called before there is a log.
    std::function<void(const config::settings&)> choose_log;
    // Why it does not run, or runs no more; a sentence.
    std::function<void(const std::string&)> complain;
};

// The daemon itself: loads the configuration, runs until it is asked to stop, and returns the exit
// status. Throws nothing.
using daemon_program = std::function<int(const daemon_voice& voice)>;

// The heading of --help that these options are under; empty: it does not have them.
std::string background_help_group();

// Does that, and returns the exit status. `flags` are what the daemon is to be started with. Throws
// std::exception with a sentence.
int start_in_background(
    const background_request& request, const config::overrides& flags, const daemon_program& run
);
