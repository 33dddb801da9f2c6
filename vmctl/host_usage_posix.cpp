// Blocks of files, and what the kernel says of a process.
#include "vmctl/host_usage.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace fs = std::filesystem;

namespace vmctl {

namespace {

struct file_size {
    std::uint64_t allocated = 0;
    std::uint64_t length = 0;
};

file_size size_of(const fs::path& file)
{
    struct stat found {};

    if (file.empty() || ::stat(file.c_str(), &found) != 0) return {};
    constexpr std::uint64_t block = 512;  // whatever the file system's are, stat(3type)
    return {
        static_cast<std::uint64_t>(found.st_blocks) * block,
        static_cast<std::uint64_t>(found.st_size)};
}

// proc(5), statm: the second number is of resident pages. Other systems have no such file.
std::uint64_t resident_memory(int process_id)
{
    if (process_id == 0) return 0;
    std::ifstream file("/proc/" + std::to_string(process_id) + "/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    file >> all >> resident;
    return file ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

host_usage usage_of(
    int process_id, const fs::path& data_disk, const std::vector<fs::path>& saved_files
)
{
    const auto disk = size_of(data_disk);
    host_usage usage{resident_memory(process_id), disk.allocated, disk.length, 0};
    for (const auto& each : saved_files) usage.saved += size_of(each).allocated;
    return usage;
}

}  // namespace vmctl
