// Where the daemon's log goes and how a line looks there.
#pragma once

#include "config/settings.hpp"
#include "gangwayd/log_history.hpp"

#include <memory>

// Makes the process-wide logger: stderr, and `history`. Under systemd lines carry the priority that
// the journal understands and no time stamp of ours.
void start_log(config::log_level level, std::shared_ptr<log_history> history);

void set_log_level(config::log_level level);
