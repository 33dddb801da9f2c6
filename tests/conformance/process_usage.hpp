// What a process uses at this moment, as /proc tells it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>

namespace conformance {

// Sanitizers keep freed memory: there, memory says nothing.
inline constexpr bool sanitized = GANGWAY_SANITIZED != 0;

// Resident, in bytes.
std::size_t memory_of(pid_t pid);

std::size_t threads_of(pid_t pid);

// Used so far.
std::chrono::milliseconds processor_time_of(pid_t pid);

// How many descriptors the process may open from now on. Needs root for another's.
void limit_descriptors(pid_t pid, std::size_t count);

}  // namespace conformance
