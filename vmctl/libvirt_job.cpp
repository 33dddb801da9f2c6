// A thread that looks; not a callback, as libvirt tells nobody when a job has begun and can be
// ended. It does not believe a success: before QEMU has begun to write, libvirt accepts that, and
// nothing ends.
#include "vmctl/libvirt_job.hpp"

#include <chrono>
#include <utility>

namespace vmctl {

namespace {

constexpr auto interval = std::chrono::milliseconds(20);

void end_job(virDomainPtr domain, const std::stop_token& call_off, const std::stop_token& is_over)
{
    while (!is_over.stop_requested()) {
        if (call_off.stop_requested()) virDomainAbortJob(domain);
        std::this_thread::sleep_for(interval);
    }
}

}  // namespace

job_end::job_end(virDomainPtr domain, std::stop_token call_off)
    : thread_([domain, call_off = std::move(call_off)](const std::stop_token& is_over) {
          end_job(domain, call_off, is_over);
      })
{
}

}  // namespace vmctl
