// What of a VM in VirtualBox is in our state directory: VirtualBox's own directory of it, and the
// descriptor by which VirtualBox takes the data disk. Blocking.
#pragma once

#include "vmctl/virtualbox_domain.hpp"

#include <filesystem>

namespace vmctl {

class virtualbox_files {
public:
    // VirtualBox makes its directory of each VM in `folder`.
    virtualbox_files(std::filesystem::path data_disk, std::filesystem::path folder);

    const std::filesystem::path& data_disk() const { return data_disk_; }

    const std::filesystem::path& folder() const { return folder_; }

    // Beside the data disk (vmdk.hpp).
    const std::filesystem::path& descriptor() const { return descriptor_; }

    // Both throw hypervisor_error.

    // Writes the descriptor anew, as the disk may have grown. The VM has been removed.
    void describe_disk(const virtualbox_domain& domain) const;

    // What VirtualBox leaves behind when it removes the VM, and what keeps one of the same name
    // from being made. No error when there is nothing.
    void remove_vm(const std::string& name) const;

    // All of it but the data disk; what cannot be removed stays, and does no harm.
    void remove_all() const;

private:
    const std::filesystem::path data_disk_;
    const std::filesystem::path descriptor_;
    const std::filesystem::path folder_;
};

}  // namespace vmctl
