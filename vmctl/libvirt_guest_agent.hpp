// Programs in the guest, through libvirt's channel to the agent there.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <libvirt/libvirt.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace vmctl {

// See hypervisor::set_guest_clock().
void set_clock_by_agent(virDomainPtr domain);

// See hypervisor::guest_listens().
bool agent_listens(virDomainPtr domain, std::chrono::milliseconds patience);

// See hypervisor::run_in_guest().
guest_result run_by_agent(
    virDomainPtr domain,
    const std::vector<std::string>& command,
    std::chrono::milliseconds patience,
    const std::stop_token& call_off
);

}  // namespace vmctl
