// The composition root: makes the parts from the settings, runs them until a signal, and takes them
// down in order.
#pragma once

#include "config/load.hpp"

// Serves until it is asked to stop (outside_requests). `flags` are what `configuration` was loaded
// with, for when it is to be read again.
// Returns the exit status. Throws std::exception with a sentence when the daemon cannot start.
int run_daemon(const config::loaded& configuration, const config::overrides& flags);
