// Decides when a VM that nobody uses goes to sleep, and how deep. Pure.
#pragma once

#include "config/settings.hpp"
#include "vmctl/lifecycle.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace vmctl {

// What keeps a VM awake, or does not.
struct vm_use {
    std::size_t active = 0;    // requests that use the engine, hijacked streams, connections
    std::size_t waiting = 0;   // for the engine
    std::size_t passive = 0;   // requests that look, and are over soon
    std::size_t watching = 0;  // streams that look for as long as they like
    std::optional<std::size_t> containers;  // that run; nothing: not known, so there may be some
    std::chrono::steady_clock::time_point idle_since;  // end of the last active or waiting one
    bool can_be_saved = true;                          // it could when it was last tried
};

struct sleep_decision {
    sleep_depth depth = sleep_depth::awake;  // to go to now; the present one: stay
    // When to ask again if nothing changes before; nothing: never.
    std::optional<std::chrono::steady_clock::time_point> ask_again;
    bool operator==(const sleep_decision&) const = default;
};

sleep_decision decide_sleep(
    const config::sleep_settings& settings,
    const vm_use& use,
    sleep_depth now_at,
    std::chrono::steady_clock::time_point now
);

// What stands against sleeping, each as a sentence's end: "3 containers run". Empty: only that not
// enough time has passed, or that no sleep is wanted.
std::vector<std::string> obstacles_to_sleep(
    const config::sleep_settings& settings, const vm_use& use
);

}  // namespace vmctl
