// Where the daemon's log goes besides its own memory. One source file a platform.
#pragma once

#include <spdlog/common.h>

#include <vector>

// Each with its pattern. Under systemd lines carry the priority that the journal understands and no
// time stamp of ours.
std::vector<spdlog::sink_ptr> log_sinks();
