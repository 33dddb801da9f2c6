// proc(5), whose files are made when they are read: none of them blocks.
#include "gangwayd/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace fs = std::filesystem;

namespace {

double seconds_of(const timeval& time)
{
    constexpr double microseconds = 1e6;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / microseconds;
}

// In clock ticks since the machine was started: the 22nd field of /proc/self/stat. The second is
// the program's name in parentheses, and may hold anything.
std::uint64_t start_tick()
{
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
    std::string skipped;
    for (int field = 3; field < 22; ++field) fields >> skipped;
    std::uint64_t ticks = 0;
    fields >> ticks;
    return ticks;
}

// Seconds since the epoch.
double machine_start()
{
    std::ifstream file("/proc/stat");
    for (std::string word; file >> word;) {
        if (word != "btime") continue;
        double seconds = 0;
        file >> seconds;
        return seconds;
    }
    return 0;
}

std::uint64_t count_descriptors()
{
    std::error_code failed;
    const fs::directory_iterator all("/proc/self/fd", failed);
    if (failed) return 0;
    // One of them is the look at them.
    return static_cast<std::uint64_t>(std::distance(fs::begin(all), fs::end(all))) - 1;
}

}  // namespace

std::optional<process_usage> usage_of_this_process()
{
    rusage times{};
    rlimit descriptors{};
    std::ifstream memory("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    memory >> all >> resident;
    if (!memory || ::getrusage(RUSAGE_SELF, &times) != 0 ||
        ::getrlimit(RLIMIT_NOFILE, &descriptors) != 0)
        return std::nullopt;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const auto ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return process_usage{
        .processor_time = seconds_of(times.ru_utime) + seconds_of(times.ru_stime),
        .started = machine_start() + static_cast<double>(start_tick()) / ticks_a_second,
        .resident_memory = resident * page,
        .virtual_memory = all * page,
        .open_descriptors = count_descriptors(),
        .most_descriptors = descriptors.rlim_cur,
    };
}
