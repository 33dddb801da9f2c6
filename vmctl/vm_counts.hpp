// How often the VM came and went since the daemon began, and how long its coming took.
#pragma once

#include "vmctl/duration_histogram.hpp"
#include "vmctl/engine.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vmctl {

inline constexpr std::array<std::string_view, 4> wake_reason_names{
    "request", "command", "port", "image"};

inline std::string_view to_string(wake_reason reason)
{
    return wake_reason_names.at(static_cast<std::size_t>(reason));
}

// From one depth of sleep until the engine answered.
struct wake_count {
    std::array<std::uint64_t, wake_reason_names.size()> by_reason{};
    duration_histogram took;

    void add(wake_reason reason, std::chrono::duration<double> duration)
    {
        ++by_reason.at(static_cast<std::size_t>(reason));
        took.observe(duration);
    }
};

struct vm_counts {
    wake_count from_paused;
    wake_count from_saved;
    wake_count from_off;              // boots
    std::uint64_t failed_starts = 0;  // and wakes
    // Ways to sleep that came to their end.
    std::uint64_t paused = 0;
    std::uint64_t saved = 0;
    std::uint64_t off = 0;
};

}  // namespace vmctl
