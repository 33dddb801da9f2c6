// Ends what libvirt does with a domain for a long time, while another thread waits for it.
#pragma once

#include <libvirt/libvirt.h>

#include <stop_token>
#include <thread>

namespace vmctl {

// From its construction to its destruction, a request of `call_off` ends the job of `domain`
// (virDomainAbortJob), also one that begins after the request. `domain` must outlive it.
class job_end {
public:
    job_end(virDomainPtr domain, std::stop_token call_off);

private:
    std::jthread thread_;
};

}  // namespace vmctl
