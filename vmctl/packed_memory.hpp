// The memory of a VM that was saved, packed. libvirt writes it as it is, hundreds of megabytes, of
// which most are code and zeros. libvirt's file keeps its beginning and its place, so that libvirt
// boots nothing over the disk as it was then; a start by somebody else fails in QEMU, which finds
// that the rest is missing, and changes nothing.
#pragma once

#include "config/settings.hpp"
#include "vmctl/storage_error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace vmctl {

class packed_memory {
public:
    // What stays in libvirt's file: its own head and the domain's XML, and a little of the memory.
    static constexpr std::size_t kept = std::size_t{1} << 20;

    // What was packed is not the rest of libvirt's file, or is damaged: the memory is lost.
    class unusable : public std::runtime_error {
        using std::runtime_error::runtime_error;
    };

    // `file` is libvirt's, and empty where that is not known: then nothing is packed. `packed` is
    // ours alone. Neither needs to exist.
    packed_memory(std::filesystem::path file, std::filesystem::path packed);

    // Blocks for seconds. What a crash leaves can be unpacked. Throws storage_error, and then
    // nothing was packed; nor when it is called off meanwhile.
    void pack(const std::stop_token& call_off) const;

    // Tells what was saved at one time from what was saved at another; changes when it is used.
    // Empty: nothing is saved, or nobody can tell.
    std::string identity() const;

    // What holds the memory of a VM that is saved, packed or not.
    std::vector<std::filesystem::path> files() const { return {file_, packed_}; }

    // libvirt's file is whole then. Blocks. Throws unusable, or storage_error when it may work at
    // another time: the disk is full, say. To be called each time before libvirt reads its file,
    // since nobody waits until what was unpacked is on the disk.
    void unpack() const;

    // It has been used, or is not wanted any more. Also to be called before libvirt writes its file
    // anew, as nothing else tells what was packed of one time from another.
    void forget() const;

private:
    void require_space(std::uint64_t bytes) const;

    std::filesystem::path file_;
    std::filesystem::path packed_;
};

// Where libvirt keeps the memory of a domain that is saved (virQEMUDriverConfigNew in libvirt
// src/qemu/qemu_conf.c): below $XDG_CONFIG_HOME for a session of its own; empty for others, which
// may be another user's or another host's.
std::filesystem::path saved_file_of(const std::string& libvirt_uri, const std::string& domain);

// Of the VM with these settings; packed into memory.zst in its state directory.
packed_memory memory_of(const config::settings& settings);

}  // namespace vmctl
