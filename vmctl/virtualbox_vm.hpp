// The VM in VBoxManage's words: which commands make it, what is noted in it, and how a port is
// forwarded. Pure.
#pragma once

#include "vmctl/domain_spec.hpp"
#include "vmctl/port_forwarding.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

using virtualbox_command = std::vector<std::string>;

// Where our notes are in a VM's extra data.
inline constexpr const char* disk_note = "gangway/disk";        // encoded_path() of the data disk
inline constexpr const char* shares_note = "gangway/shares";    // encoded_shares()
inline constexpr const char* spec_note = "gangway/spec";        // virtualbox_fingerprint()
inline constexpr const char* version_note = "gangway/version";  // Gangway's

// The commands that make the VM, in this order; there must be none of its name. VirtualBox keeps
// what it has of it in `folder`, in a directory of the VM's name; `disk` describes the data disk
// (vmdk.hpp). The data disk's note comes first: a VM that has it is ours, also when it was not made
// to its end. The ports come when it is switched on.
std::vector<virtualbox_command> commands_to_make(
    const domain_spec& spec, const std::filesystem::path& folder, const std::filesystem::path& disk
);

// What some versions of VirtualBox do not know, and the VM runs without.
std::vector<virtualbox_command> commands_that_may_fail(const domain_spec& spec);

// Changes with everything that the VM is made of, but for its ports.
std::string virtualbox_fingerprint(const domain_spec& spec);

// A rule of the VM's NAT, for `modifyvm --natpf1` and `controlvm natpf1`: a port of 127.0.0.1 that
// leads to `to`. Its name is made of where it leads.
std::string forwarding_rule(std::uint16_t host, const guest_port& to);

}  // namespace vmctl
