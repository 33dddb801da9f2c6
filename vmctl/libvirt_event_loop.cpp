#include "vmctl/libvirt_event_loop.hpp"

#include "vmctl/hypervisor.hpp"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <mutex>

namespace vmctl {

std::shared_ptr<libvirt_event_loop> libvirt_event_loop::shared()
{
    static std::mutex guard;
    static std::weak_ptr<libvirt_event_loop> current;
    const std::lock_guard lock(guard);
    auto loop = current.lock();
    if (!loop) {
        loop = std::make_shared<libvirt_event_loop>();
        current = loop;
    }
    return loop;
}

libvirt_event_loop::libvirt_event_loop()
{
    static const int registered = virEventRegisterDefaultImpl();
    if (registered < 0) {
        throw describe(
            hypervisor_problem::refused, "prepare its event loop", virGetLastErrorMessage()
        );
    }
    thread_ = std::thread([this] {
        while (!stopping_) virEventRunDefaultImpl();
    });
}

libvirt_event_loop::~libvirt_event_loop()
{
    stopping_ = true;
    // A timer that is due at once makes the loop's current round return.
    virEventAddTimeout(
        0, [](int timer, void*) { virEventRemoveTimeout(timer); }, nullptr, nullptr
    );
    thread_.join();
}

}  // namespace vmctl
