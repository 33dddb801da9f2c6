// A connection to libvirt that is opened when it is needed, and again when it was lost, and that
// hears what happens to one domain.
#pragma once

#include "vmctl/hypervisor.hpp"
#include "vmctl/libvirt_event_loop.hpp"

#include <libvirt/libvirt.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace vmctl {

// Not for two threads at once, but for watch().
class libvirt_connection {
public:
    libvirt_connection(std::string uri, std::string domain_name);
    libvirt_connection(const libvirt_connection&) = delete;
    libvirt_connection& operator=(const libvirt_connection&) = delete;
    ~libvirt_connection();

    // Valid until the next call of a member. Throws hypervisor_error.
    virConnectPtr get();

    // Closes it; the next get() connects again.
    void drop();

    // See hypervisor::watch().
    void watch(std::function<void(domain_event)> observer);

private:
    class observation;
    struct watcher;

    struct close {
        void operator()(virConnectPtr connection) const { virConnectClose(connection); }
    };

    using handle = std::unique_ptr<virConnect, close>;

    static int on_lifecycle(
        virConnectPtr, virDomainPtr domain, int event, int detail, void* opaque
    );
    static void on_close(virConnectPtr, int, void* opaque);
    void open();

    const std::string uri_;
    const std::string domain_name_;
    const std::shared_ptr<observation> observers_;
    // Ends after the connection, whose callbacks it runs.
    std::shared_ptr<libvirt_event_loop> events_;
    std::shared_ptr<std::atomic<bool>> lost_;
    int lifecycle_callback_ = -1;
    std::unique_ptr<watcher> closing_;
    handle connection_;
};

}  // namespace vmctl
