// Where the daemon's log goes and how a line looks there.
#pragma once

#include "config/settings.hpp"
#include "gangwayd/log_history.hpp"

#include <memory>

// Sets the process-wide logger up: stderr, and `history`. Under systemd lines carry the priority
// that the journal understands and no time stamp of ours. When this goes, so does the history,
// which needs its loop; lines go to stderr still.
class process_log {
public:
    process_log(config::log_level level, std::shared_ptr<log_history> history);
    process_log(const process_log&) = delete;
    process_log& operator=(const process_log&) = delete;
    ~process_log();
};

void set_log_level(config::log_level level);
