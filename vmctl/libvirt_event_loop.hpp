#pragma once

#include <atomic>
#include <memory>
#include <thread>

namespace vmctl {

// Runs libvirt's event loop, of which a process has one, on a thread of its own. libvirt calls
// event callbacks on that thread.
class libvirt_event_loop {
public:
    // The loop that runs now, or a new one; it ends with its last owner. To be had before the
    // first connection is opened. Throws `hypervisor_error` when libvirt cannot prepare it.
    static std::shared_ptr<libvirt_event_loop> shared();

    libvirt_event_loop();
    libvirt_event_loop(const libvirt_event_loop&) = delete;
    libvirt_event_loop& operator=(const libvirt_event_loop&) = delete;
    ~libvirt_event_loop();

private:
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace vmctl
