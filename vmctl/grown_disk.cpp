// First the disk, then the record, which keeps a smaller vm.disk from refusing it, then the file
// system, which a start of the VM makes as large as the disk in any case.
#include "vmctl/grown_disk.hpp"

#include "config/units.hpp"
#include "vmctl/data_disk.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/private_file.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>

namespace vmctl {
namespace {

namespace fs = std::filesystem;

// resize2fs writes a part of each new block group; emulated, on a busy machine.
constexpr std::chrono::seconds grow_patience{90};

void grow_file_system(hypervisor& host)
{
    const char* const doing = "grow the file system, which the next start of the VM does";
    guest_result result;
    try {
        result = host.run_in_guest({"/usr/lib/gangway/grow"}, grow_patience, {});
    } catch (const hypervisor_error& error) {
        throw describe(hypervisor_problem::refused, doing, error.what());
    }
    if (result.status != 0)
        throw describe(
            hypervisor_problem::refused, doing, result.output.substr(0, result.output.find('\n'))
        );
}

}  // namespace

fs::path disk_size_record_in(const fs::path& state_dir)
{
    return state_dir / "disk_size";
}

config::byte_size disk_size_in(const fs::path& state_dir, config::byte_size setting)
{
    std::error_code error;
    if (!fs::exists(disk_size_record_in(state_dir), error)) return setting;
    auto text = read_file(disk_size_record_in(state_dir));
    while (text.ends_with('\n')) text.pop_back();
    const auto grown = config::parse_byte_size(text);
    if (!grown)
        throw storage_error(
            disk_size_record_in(state_dir).string() +
            " is damaged: it is to hold the size of the data disk, such as 100GiB"
        );
    return std::max(setting, *grown);
}

void grow_disk(hypervisor& host, const fs::path& state_dir, config::byte_size size)
{
    const config::byte_size rounded{size.bytes / data_disk_grain.bytes * data_disk_grain.bytes};
    std::error_code error;
    const config::byte_size now{fs::file_size(data_disk_in(state_dir), error)};
    if (error) throw storage_error(data_disk_in(state_dir).string() + ": " + error.message());
    if (rounded < now)
        throw storage_error(
            "it has " + config::to_string(now) + " already, and can only become larger"
        );
    // Of the same size, its file system may not have followed yet.
    if (rounded > now) {
        host.resize_data_disk(rounded);
        write_file(disk_size_record_in(state_dir), config::to_string(rounded) + "\n", 0600);
    }
    grow_file_system(host);
}

}  // namespace vmctl
