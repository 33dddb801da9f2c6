// The forwarded ports of a running domain, through QEMU's monitor.
#pragma once

#include "vmctl/user_network.hpp"

#include <libvirt/libvirt.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vmctl {

// `domain` must outlive it. Every call may throw hypervisor_error.
class libvirt_user_network {
public:
    explicit libvirt_user_network(virDomainPtr domain) : domain_(domain) {}

    std::vector<port_forward> forwards() const;

    // See hypervisor.
    std::uint16_t forward(const guest_port& port) const;
    void end_forward(const guest_port& port) const;

private:
    std::optional<std::uint16_t> forward_to(const guest_port& port) const;
    std::string ask_monitor(const std::string& command) const;

    virDomainPtr domain_;
};

}  // namespace vmctl
