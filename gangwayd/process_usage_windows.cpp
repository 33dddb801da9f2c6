// The kernel's own counts. Descriptors are handles here, of which there is no limit to speak of.
#include "gangwayd/process_usage.hpp"

// psapi.h stands on windows.h.
// clang-format off
#include <windows.h>
#include <psapi.h>

// clang-format on

namespace {

constexpr double ticks_a_second = 1e7;
// From 1601, where Windows begins to count, to 1970.
constexpr double epoch = 11644473600.0;

double seconds_of(const FILETIME& time)
{
    const auto ticks = std::uint64_t{time.dwHighDateTime} << 32U | time.dwLowDateTime;
    return static_cast<double>(ticks) / ticks_a_second;
}

}  // namespace

std::optional<process_usage> usage_of_this_process()
{
    auto* const process = ::GetCurrentProcess();
    FILETIME made{}, ended{}, system{}, user{};
    PROCESS_MEMORY_COUNTERS_EX memory{};
    DWORD handles = 0;
    if (::GetProcessTimes(process, &made, &ended, &system, &user) == 0 ||
        ::K32GetProcessMemoryInfo(
            process, reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&memory), sizeof memory
        ) == 0 ||
        ::GetProcessHandleCount(process, &handles) == 0)
        return std::nullopt;
    constexpr std::uint64_t most_handles = std::uint64_t{1} << 24U;
    return process_usage{
        .processor_time = seconds_of(system) + seconds_of(user),
        .started = seconds_of(made) - epoch,
        .resident_memory = memory.WorkingSetSize,
        .virtual_memory = memory.PrivateUsage,
        .open_descriptors = handles,
        .most_descriptors = most_handles,
    };
}
