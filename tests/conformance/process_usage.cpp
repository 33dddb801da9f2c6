// Reading /proc/PID/status and /proc/PID/stat.
#include "tests/conformance/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace conformance {
namespace {

std::size_t status_of(pid_t pid, const std::string& field)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string name; status >> name;) {
        std::size_t value = 0;
        if (name == field && status >> value) return value;
        std::getline(status, name);
    }
    throw std::runtime_error("no " + field + " of process " + std::to_string(pid));
}

}  // namespace

std::size_t memory_of(pid_t pid)
{
    return status_of(pid, "VmRSS:") * 1024;
}

std::size_t threads_of(pid_t pid)
{
    return status_of(pid, "Threads:");
}

std::chrono::milliseconds processor_time_of(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    // The program's name may hold anything; behind it, utime and stime are fields 14 and 15.
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    long user = 0;
    long system = 0;
    fields >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

void limit_descriptors(pid_t pid, std::size_t count)
{
    const rlimit limit{count, count};
    if (::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr) != 0) {
        throw std::system_error(errno, std::generic_category(), "prlimit");
    }
}

}  // namespace conformance
