// What the data disk of a new guest holds: boot2docker's contract, so that our appliance and the
// stock boot2docker ISO (18.09 and later) start from the same disk. Pure.
#pragma once

#include "vmctl/engine_settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

enum class seed_policy {
    at_creation,  // belongs to the guest afterwards: users edit it there
    always,       // belongs to Gangway: brought up to date before each boot
    if_missing,   // belongs to the guest; brought to a disk that has none
    has_line,     // belongs to the guest; `content` is a line that is appended where it is missing
};

// A file on the data disk, owned by root. A directory that directly holds a private file (mode
// 0600) has mode 0700, any other 0755.
struct seed_file {
    std::string path;  // relative to the file system's root, "var/lib/boot2docker/profile"
    std::string content;
    unsigned mode = 0644;
    seed_policy policy = seed_policy::always;
    bool operator==(const seed_file&) const = default;
};

// The contents, not the names, of the files that make the guest's identity and show it the host.
struct guest_identity {
    std::string instance;
    std::string ca;  // PEM
    std::string server_certificate;
    std::string server_key;
    std::string ssh_host_key;
    std::string ssh_public_host_key;
    std::string authorized_key;  // one line of an authorized_keys file
    std::string mount_table;     // share_list.hpp
    guest_settings settings;
    bool is_boot2docker = false;  // else our own appliance
};

std::vector<seed_file> guest_seed(const guest_identity& identity);

// "gangway-INSTANCE" as a host name: letters, digits and hyphens, at most 63 characters.
std::string guest_host_name(std::string_view instance);

}  // namespace vmctl
