// A time limit for what libvirt asks of QEMU's monitor, which has none in libvirt.
#pragma once

#include "vmctl/call_limit.hpp"
#include "vmctl/hypervisor.hpp"

#include <libvirt/libvirt.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

namespace vmctl {

// A token of which a stop has been requested.
std::stop_token already_requested();

class monitor_limit {
public:
    // What `call` gives. If it still waits for QEMU a minute after a stop was requested of `from`,
    // now by default, the power of `domain` is cut, and `silent` thrown.
    template <class Call>
    std::invoke_result_t<const Call&> within(
        virDomainPtr domain,
        const std::string& doing,
        const Call& call,
        std::stop_token from = already_requested()
    )
    {
        cut_ = false;
        try {
            const call_limit::guard limit(
                limit_, patience, [this, domain] { give_up_on(domain); }, std::move(from)
            );
            return call();
        } catch (const hypervisor_error&) {
            if (!cut_) throw;
            throw describe(hypervisor_problem::silent, doing, {});
        }
    }

private:
    // QEMU's monitor answers in an instant, when it need not wait for the host's disk. That of a
    // QEMU that is stopped never does.
    static constexpr std::chrono::milliseconds patience = std::chrono::minutes(1);

    void give_up_on(virDomainPtr domain);

    std::atomic<bool> cut_ = false;  // by the limit, in this call
    call_limit limit_;
};

}  // namespace vmctl
