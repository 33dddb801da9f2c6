// Opening, callbacks, and what they are turned into. Errors are told apart by code, never by text.
#include "vmctl/libvirt_connection.hpp"

#include "vmctl/libvirt_library.hpp"

#include <libvirt/virterror.h>

#include <cerrno>
#include <mutex>
#include <utility>

namespace vmctl {

namespace {

[[noreturn]] void refuse_connection(const std::string& uri)
{
    const virErrorPtr last = virGetLastError();
    const bool denied =
        last && (last->code == VIR_ERR_AUTH_FAILED || last->code == VIR_ERR_AUTH_CANCELLED ||
                 last->code == VIR_ERR_AUTH_UNAVAILABLE || last->code == VIR_ERR_ACCESS_DENIED ||
                 // int1 holds errno.
                 (last->code == VIR_ERR_SYSTEM_ERROR && last->int1 == EACCES));
    const auto problem = denied ? hypervisor_problem::not_allowed : hypervisor_problem::unreachable;
    throw describe(problem, uri, virGetLastErrorMessage());
}

stop_cause cause_of(int detail)
{
    switch (detail) {
        case VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN:
            return stop_cause::shut_down;
        case VIR_DOMAIN_EVENT_STOPPED_DESTROYED:
            return stop_cause::destroyed;
        case VIR_DOMAIN_EVENT_STOPPED_CRASHED:
            return stop_cause::crashed;
        case VIR_DOMAIN_EVENT_STOPPED_FAILED:
            return stop_cause::killed;
        default:
            return stop_cause::unknown;
    }
}

}  // namespace

// Who is told of events. libvirt may still be inside a callback when it is deregistered, so each
// callback owns a share of this.
class libvirt_connection::observation {
public:
    void set(std::function<void(domain_event)> observer)
    {
        const std::lock_guard lock(guard_);
        observer_ = std::move(observer);
    }

    void tell(domain_event event)
    {
        const std::lock_guard lock(guard_);
        if (observer_) observer_(event);
    }

private:
    std::mutex guard_;
    std::function<void(domain_event)> observer_;
};

struct libvirt_connection::watcher {
    std::shared_ptr<observation> observers;
    std::string domain_name;
    std::shared_ptr<std::atomic<bool>> connection_lost;
};

libvirt_connection::libvirt_connection(std::string uri, std::string domain_name)
    : uri_(std::move(uri)),
      domain_name_(std::move(domain_name)),
      observers_(std::make_shared<observation>())
{
}

libvirt_connection::~libvirt_connection()
{
    drop();
}

void libvirt_connection::watch(std::function<void(domain_event)> observer)
{
    observers_->set(std::move(observer));
}

int libvirt_connection::on_lifecycle(
    virConnectPtr, virDomainPtr domain, int event, int detail, void* opaque
)
{
    const auto& self = *static_cast<watcher*>(opaque);
    if (virDomainGetName(domain) != self.domain_name) return 0;
    if (event == VIR_DOMAIN_EVENT_STOPPED) {
        self.observers->tell({domain_event::kind::power_off, cause_of(detail)});
    } else if (event == VIR_DOMAIN_EVENT_SUSPENDED) {
        const auto what = detail == VIR_DOMAIN_EVENT_SUSPENDED_IOERROR
                              ? domain_event::kind::disk_failed
                              : domain_event::kind::paused;
        self.observers->tell({what, stop_cause::unknown});
    } else if (event == VIR_DOMAIN_EVENT_RESUMED) {
        self.observers->tell({domain_event::kind::resumed, stop_cause::unknown});
    }
    return 0;
}

void libvirt_connection::on_close(virConnectPtr, int, void* opaque)
{
    const auto& self = *static_cast<watcher*>(opaque);
    *self.connection_lost = true;
    self.observers->tell({domain_event::kind::connection_lost, stop_cause::unknown});
}

virConnectPtr libvirt_connection::get()
{
    if (connection_ && (*lost_ || virConnectIsAlive(connection_.get()) != 1)) {
        drop();
    }
    if (!connection_) open();
    return connection_.get();
}

void libvirt_connection::open()
{
    if (const auto& obstacle = libvirt_obstacle()) {
        throw describe(hypervisor_problem::unreachable, uri_, *obstacle);
    }
    // By default libvirt prints every error, also those we handle.
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    // Before the connection: libvirt asks for the loop when it opens one.
    if (!events_) events_ = libvirt_event_loop::shared();
    handle opened(virConnectOpen(uri_.c_str()));
    if (!opened) refuse_connection(uri_);
    lost_ = std::make_shared<std::atomic<bool>>(false);
    const auto watch = [this] {
        return std::make_unique<watcher>(watcher{observers_, domain_name_, lost_});
    };

    // Ours to free: a driver whose connection is never lost takes the callback and drops it.
    // Deregistering waits for a call that is under way.
    auto closing = watch();
    if (virConnectRegisterCloseCallback(opened.get(), on_close, closing.get(), nullptr) < 0) {
        refuse_connection(uri_);
    }

    auto lifecycle = watch();
    // libvirt takes callbacks of all signatures as one type, and casts back by the event's kind.
    const auto callback = reinterpret_cast<virConnectDomainEventGenericCallback>(
        reinterpret_cast<void (*)()>(&on_lifecycle)
    );
    lifecycle_callback_ = virConnectDomainEventRegisterAny(
        opened.get(),
        nullptr,
        VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        callback,
        lifecycle.get(),
        [](void* watching) { delete static_cast<watcher*>(watching); }
    );
    if (lifecycle_callback_ < 0) {
        virConnectUnregisterCloseCallback(opened.get(), on_close);
        refuse_connection(uri_);
    }
    static_cast<void>(lifecycle.release());  // libvirt frees it
    closing_ = std::move(closing);
    connection_ = std::move(opened);
}

void libvirt_connection::drop()
{
    if (!connection_) return;
    virConnectDomainEventDeregisterAny(connection_.get(), lifecycle_callback_);
    virConnectUnregisterCloseCallback(connection_.get(), on_close);
    connection_.reset();
    closing_.reset();
}

}  // namespace vmctl
