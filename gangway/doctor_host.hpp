// What `gangway doctor` asks about this machine: whether a VM can be run here. The judges are pure;
// what they judge is looked up by the last function.
#pragma once

#include "config/settings.hpp"
#include "gangway/doctor_finding.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gangway {

// /dev/kvm, as this process finds it.
struct kvm_facts {
    config::acceleration wanted = config::acceleration::automatic;
    bool exists = false;
    bool opens = false;
    std::string why_not;          // the system's words when it does not open
    bool refused = false;         // because of its mode
    std::string group;            // the device's; empty: not known
    bool group_may = false;       // use it
    bool user_is_member = false;  // by the user database
    bool has_membership = false;  // this process has, which it got at login
    std::string user;
};

finding judge_kvm(const kvm_facts& facts);

struct program_facts {
    std::string name;
    std::optional<std::filesystem::path> path;
};

finding judge_qemu(const program_facts& emulator);

struct libvirt_facts {
    std::string uri;                     // vm.libvirt_uri
    std::vector<program_facts> daemons;  // one of them is enough
    // A user's session is started by libvirt itself. The system's daemon is not, and it is also the
    // one that root's "session" is served by.
    bool by_system = false;
    std::optional<std::string> system_obstacle;  // to connecting to that; the system's words
    bool root = false;
    std::string user;
};

finding judge_libvirt(const libvirt_facts& facts);

struct virtualbox_facts {
    bool asked_for = false;                     // by the configuration
    std::optional<std::filesystem::path> path;  // of VBoxManage
    std::optional<std::string> version;         // what it says of its version
};

finding judge_virtualbox(const virtualbox_facts& facts);

// As it is installed here. Runs it.
virtualbox_facts look_at_virtualbox(const config::settings& settings);

// Those that prepare the data disk; all are needed.
finding judge_disk_tools(const std::vector<program_facts>& tools);

// The daemon makes keys, and `gangway ssh` and `cp` use the others.
finding judge_ssh(
    const program_facts& ssh, const program_facts& scp, const program_facts& ssh_keygen
);

struct space_facts {
    std::filesystem::path directory;    // that has the VM's files or will have them
    std::optional<std::uint64_t> free;  // bytes; nothing: not known
    std::uint64_t memory = 0;           // of the VM
    std::uint64_t disk_may_take = 0;    // beyond what the data disk has now
};

finding judge_space(const space_facts& facts);

// Everything above that concerns an engine in a VM. Changes nothing.
findings host_findings(const config::settings& settings);

}  // namespace gangway
