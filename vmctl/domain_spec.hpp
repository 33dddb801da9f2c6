// What one instance's VM is made of, as plain values.
#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vmctl {

// Ports of the guest that the host forwards to. The engine's is boot2docker's.
inline constexpr std::uint16_t guest_engine_port = 2376;
inline constexpr std::uint16_t guest_ssh_port = 22;

// How the guest's processors are run. VirtualBox has a way of its own, and no other.
enum class accelerator { kvm, hvf, virtualbox, emulation };

struct domain_spec {
    std::string name;     // the hypervisor's name of the VM, "gangway-INSTANCE"
    std::string version;  // Gangway's, noted in the domain
    accelerator run_by = accelerator::emulation;
    unsigned cpus = 1;
    config::byte_size memory;
    // Absolute paths.
    std::filesystem::path kernel;
    std::filesystem::path initrd;
    std::filesystem::path root_image;  // empty: the whole system is the initrd
    std::filesystem::path iso;  // the same, to boot where the kernel cannot be loaded directly
    std::filesystem::path data_disk;
    std::filesystem::path serial_socket;  // the console, for one client at a time
    std::filesystem::path serial_log;     // what the console has printed since power-on
    std::vector<config::share> shares;    // each under its own share_tag()
    std::string command_line;             // the kernel's
    std::string image_identity;           // changes with what is in the image's files
    std::uint16_t engine_port = 0;        // on the host's 127.0.0.1; 0: the kernel chooses
};

}  // namespace vmctl
