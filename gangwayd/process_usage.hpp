// What this process takes of its machine.
#pragma once

#include <cstdint>
#include <optional>

struct process_usage {
    double processor_time = 0;          // seconds, of user and system
    double started = 0;                 // seconds since the epoch
    std::uint64_t resident_memory = 0;  // bytes
    std::uint64_t virtual_memory = 0;   // bytes
    std::uint64_t open_descriptors = 0;
    std::uint64_t most_descriptors = 0;
};

// Nothing where the system does not tell.
std::optional<process_usage> usage_of_this_process();
