// Nothing but the descriptor is ever written.
#include "vmctl/virtualbox_files.hpp"

#include "vmctl/private_file.hpp"
#include "vmctl/vmdk.hpp"

#include <system_error>
#include <utility>

namespace vmctl {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const std::string& doing, const std::string& why)
{
    throw describe(hypervisor_problem::refused, doing, why);
}

}  // namespace

virtualbox_files::virtualbox_files(fs::path data_disk, fs::path folder)
    : data_disk_(std::move(data_disk)),
      descriptor_(fs::path(data_disk_).replace_extension(".vmdk")),
      folder_(std::move(folder))
{
}

void virtualbox_files::describe_disk(const virtualbox_domain& domain) const
{
    std::error_code error;
    const config::byte_size size{fs::file_size(data_disk_, error)};
    if (error) refuse("use " + data_disk_.string(), error.message());
    // One that VirtualBox has in mind yet, from a VM that somebody else has removed, would keep its
    // size.
    if (fs::exists(descriptor_, error))
        domain.try_to_change({"closemedium", "disk", descriptor_.string()});
    try {
        write_file(descriptor_, vmdk_descriptor(data_disk_, size), 0600);
    } catch (const storage_error& failure) {
        refuse("write " + descriptor_.string(), failure.what());
    }
}

void virtualbox_files::remove_vm(const std::string& name) const
{
    std::error_code error;
    fs::remove_all(folder_ / name, error);
    if (error) refuse("remove " + (folder_ / name).string(), error.message());
}

void virtualbox_files::remove_all() const
{
    std::error_code stays;
    fs::remove(descriptor_, stays);
    fs::remove(folder_, stays);
}

}  // namespace vmctl
