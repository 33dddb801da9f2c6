// What Windows says of files and of a process.
#include "vmctl/host_usage.hpp"

// psapi.h stands on windows.h.
// clang-format off
#include <windows.h>
#include <psapi.h>
// clang-format on

#include <memory>

namespace fs = std::filesystem;

namespace vmctl {
namespace {

// Sparse and compressed files take less than their length.
std::uint64_t allocated(const fs::path& file)
{
    if (file.empty()) return 0;
    DWORD high = 0;
    const DWORD low = ::GetCompressedFileSizeW(file.c_str(), &high);
    if (low == INVALID_FILE_SIZE && ::GetLastError() != NO_ERROR) return 0;
    return std::uint64_t{high} << 32U | low;
}

std::uint64_t length(const fs::path& file)
{
    std::error_code unknown;
    const auto size = fs::file_size(file, unknown);
    return unknown ? 0 : size;
}

std::uint64_t resident_memory(int process_id)
{
    if (process_id == 0) return 0;
    const auto close = [](HANDLE handle) { ::CloseHandle(handle); };
    const std::unique_ptr<void, decltype(close)> process(
        ::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, static_cast<DWORD>(process_id)),
        close
    );
    PROCESS_MEMORY_COUNTERS counters{};
    if (!process || ::K32GetProcessMemoryInfo(process.get(), &counters, sizeof counters) == 0)
        return 0;
    return counters.WorkingSetSize;
}

}  // namespace

host_usage usage_of(
    int process_id, const fs::path& data_disk, const std::vector<fs::path>& saved_files
)
{
    host_usage usage{resident_memory(process_id), allocated(data_disk), length(data_disk), 0};
    for (const auto& each : saved_files) usage.saved += allocated(each);
    return usage;
}

}  // namespace vmctl
