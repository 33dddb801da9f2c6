// libvirt ends QEMU's process before it looks at what else is done with the domain, so that what
// waits for QEMU comes back (qemuDomainDestroyFlags).
#include "vmctl/libvirt_limit.hpp"

#include <libvirt/virterror.h>
#include <spdlog/spdlog.h>

namespace vmctl {

std::stop_token already_requested()
{
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

void monitor_limit::give_up_on(virDomainPtr domain)
{
    // It may be libvirt's own daemon that is late.
    virDomainControlInfo doing{};
    const bool waits_for_qemu = virDomainGetControlInfo(domain, &doing, 0) == 0 &&
                                doing.state == VIR_DOMAIN_CONTROL_OCCUPIED;
    if (!waits_for_qemu) return;
    spdlog::error("QEMU does not answer; the VM's power is cut");
    cut_ = virDomainDestroy(domain) == 0;
    if (!cut_) spdlog::error("the VM's power cannot be cut: {}", virGetLastErrorMessage());
}

}  // namespace vmctl
