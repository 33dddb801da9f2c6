// The daemon's log.
#pragma once

#include "config/settings.hpp"
#include "gangwayd/log_history.hpp"

#include <memory>

// Sets the process-wide logger up: log_sinks(), and `history`. When this goes, so does the history,
// which needs its loop; lines go to the others still.
class process_log {
public:
    process_log(config::log_level level, std::shared_ptr<log_history> history);
    process_log(const process_log&) = delete;
    process_log& operator=(const process_log&) = delete;
    ~process_log();
};

void set_log_level(config::log_level level);
