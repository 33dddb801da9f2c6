// The verbs of hypervisor.hpp on libvirt (API: https://libvirt.org/html/). Errors are told apart by
// code, never by text.
#include "vmctl/libvirt_hypervisor.hpp"

#include "vmctl/domain_xml.hpp"
#include "vmctl/host_port.hpp"
#include "vmctl/libvirt_event_loop.hpp"
#include "vmctl/user_network.hpp"

#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <utility>

namespace vmctl {

namespace {

struct release {
    void operator()(virConnectPtr connection) const { virConnectClose(connection); }

    void operator()(virDomainPtr domain) const { virDomainFree(domain); }

    void operator()(char* text) const { std::free(text); }  // NOLINT: libvirt's own allocation
};

using connection_handle = std::unique_ptr<virConnect, release>;
using domain_handle = std::unique_ptr<virDomain, release>;
using text_handle = std::unique_ptr<char, release>;

// libvirt keeps its last error per thread: read it on the thread that failed, at once.
int last_code()
{
    const virErrorPtr last = virGetLastError();
    return last ? last->code : VIR_ERR_INTERNAL_ERROR;
}

[[noreturn]] void refuse(std::string_view doing)
{
    throw describe(hypervisor_problem::refused, doing, virGetLastErrorMessage());
}

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

// Who is told of events. libvirt may still be inside a callback when it is deregistered, so each
// callback owns a share of this.
class observation {
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

struct watcher {
    std::shared_ptr<observation> observers;
    std::string domain_name;
    std::shared_ptr<std::atomic<bool>> connection_lost;
};

void delete_watcher(void* opaque)
{
    delete static_cast<watcher*>(opaque);
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

int on_lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* opaque)
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
    }
    return 0;
}

// libvirt takes callbacks of all signatures as one type, and casts back by the event's kind.
const auto generic_callback =
    reinterpret_cast<virConnectDomainEventGenericCallback>(reinterpret_cast<void (*)()>(on_lifecycle
    ));

void on_close(virConnectPtr, int, void* opaque)
{
    const auto& self = *static_cast<watcher*>(opaque);
    *self.connection_lost = true;
    self.observers->tell({domain_event::kind::connection_lost, stop_cause::unknown});
}

class libvirt_hypervisor final : public hypervisor {
public:
    libvirt_hypervisor(std::string uri, std::string name, std::filesystem::path data_disk)
        : uri_(std::move(uri)), name_(std::move(name)), data_disk_(std::move(data_disk))
    {
        // By default libvirt prints every error, also those we handle.
        virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    }

    libvirt_hypervisor(const libvirt_hypervisor&) = delete;
    libvirt_hypervisor& operator=(const libvirt_hypervisor&) = delete;

    ~libvirt_hypervisor() override { drop_connection(); }

    power state() override
    {
        const auto domain = find();
        if (!domain) return power::absent;
        const int active = virDomainIsActive(domain.get());
        if (active < 0) refuse("look at " + name_);
        if (active == 0) return power::off;
        refuse_if_taken(domain.get());
        return power::on;
    }

    bool supports(accelerator way) override
    {
        // libvirt knows: it has tried QEMU as the user who would run it.
        const text_handle found(virConnectGetDomainCapabilities(
            connection(), nullptr, domain_architecture, domain_machine, domain_type(way), 0
        ));
        return found != nullptr;
    }

    void define(const domain_spec& spec) override
    {
        char uuid[VIR_UUID_STRING_BUFLEN] = "";
        if (const auto former = find()) {
            if (virDomainGetUUIDString(former.get(), uuid) < 0) refuse("look at " + name_);
        }
        const auto xml = domain_xml(spec, uuid);
        const domain_handle domain(virDomainDefineXML(connection(), xml.c_str()));
        if (!domain) refuse("define " + name_);
        fixed_port_ = spec.engine_port;
    }

    running_vm power_on() override
    {
        const auto domain = existing();
        if (virDomainCreateWithFlags(domain.get(), VIR_DOMAIN_START_FORCE_BOOT) < 0) {
            const auto failure =
                describe(hypervisor_problem::refused, "start " + name_, virGetLastErrorMessage());
            // Another daemon was faster.
            if (last_code() == VIR_ERR_OPERATION_INVALID) {
                throw describe(hypervisor_problem::taken, name_, data_disk_.native());
            }
            if (fixed_port_ != 0 && port_is_taken(fixed_port_)) {
                throw describe(hypervisor_problem::port_taken, std::to_string(fixed_port_), {});
            }
            throw failure;
        }
        if (auto running = look_at(domain.get())) return *running;
        throw describe(
            hypervisor_problem::refused, "start " + name_, "QEMU does not forward its ports"
        );
    }

    std::optional<running_vm> adopt() override
    {
        const auto domain = existing();
        const auto element = metadata_of(domain.get());
        if (!attribute_in_metadata(element, "version")) return std::nullopt;
        resume(domain.get());
        return look_at(domain.get());
    }

    void resume() override
    {
        if (const auto domain = find()) resume(domain.get());
    }

    void ask_to_shut_down() override
    {
        const auto domain = find();
        if (!domain) return;
        resume(domain.get());
        if (virDomainShutdownFlags(domain.get(), VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN) < 0 &&
            last_code() != VIR_ERR_OPERATION_INVALID) {
            refuse("shut down " + name_);
        }
    }

    void cut_power() override
    {
        const auto domain = find();
        if (!domain) return;
        if (virDomainDestroy(domain.get()) < 0 && last_code() != VIR_ERR_OPERATION_INVALID) {
            refuse("switch off " + name_);
        }
    }

    void undefine() override
    {
        const auto domain = find();
        if (!domain) return;
        if (virDomainUndefineFlags(domain.get(), VIR_DOMAIN_UNDEFINE_MANAGED_SAVE) < 0) {
            refuse("undefine " + name_);
        }
    }

    void watch(std::function<void(domain_event)> observer) override
    {
        observers_->set(std::move(observer));
    }

    void disconnect() override { drop_connection(); }

private:
    // The connection, opened again when libvirt's daemon has gone away since.
    virConnectPtr connection()
    {
        if (connection_ && (*connection_lost_ || virConnectIsAlive(connection_.get()) != 1)) {
            drop_connection();
        }
        if (!connection_) open_connection();
        return connection_.get();
    }

    void open_connection()
    {
        // Before the connection: libvirt asks for the loop when it opens one.
        if (!events_) events_ = libvirt_event_loop::shared();
        connection_handle opened(virConnectOpen(uri_.c_str()));
        if (!opened) refuse_connection(uri_);
        connection_lost_ = std::make_shared<std::atomic<bool>>(false);
        const auto watch = [this] {
            return std::make_unique<watcher>(watcher{observers_, name_, connection_lost_});
        };

        // Ours to free: a driver whose connection is never lost takes the callback and drops it.
        // Deregistering waits for a call that is under way.
        auto closing = watch();
        if (virConnectRegisterCloseCallback(opened.get(), on_close, closing.get(), nullptr) < 0) {
            refuse_connection(uri_);
        }

        auto lifecycle = watch();
        lifecycle_callback_ = virConnectDomainEventRegisterAny(
            opened.get(),
            nullptr,
            VIR_DOMAIN_EVENT_ID_LIFECYCLE,
            generic_callback,
            lifecycle.get(),
            delete_watcher
        );
        if (lifecycle_callback_ < 0) {
            virConnectUnregisterCloseCallback(opened.get(), on_close);
            refuse_connection(uri_);
        }
        static_cast<void>(lifecycle.release());  // libvirt frees it
        closing_ = std::move(closing);
        connection_ = std::move(opened);
    }

    void drop_connection()
    {
        if (!connection_) return;
        virConnectDomainEventDeregisterAny(connection_.get(), lifecycle_callback_);
        virConnectUnregisterCloseCallback(connection_.get(), on_close);
        connection_.reset();
        closing_.reset();
    }

    // The domain, or null when there is none.
    domain_handle find()
    {
        domain_handle domain(virDomainLookupByName(connection(), name_.c_str()));
        if (!domain && last_code() != VIR_ERR_NO_DOMAIN) refuse("look for " + name_);
        return domain;
    }

    domain_handle existing()
    {
        auto domain = find();
        if (!domain) {
            throw describe(hypervisor_problem::refused, "find " + name_, "it was removed");
        }
        return domain;
    }

    // What we noted in a running domain; empty when it is not one of ours.
    static std::string metadata_of(virDomainPtr domain)
    {
        const text_handle element(virDomainGetMetadata(
            domain, VIR_DOMAIN_METADATA_ELEMENT, metadata_namespace, VIR_DOMAIN_AFFECT_LIVE
        ));
        return element ? element.get() : "";
    }

    void refuse_if_taken(virDomainPtr domain)
    {
        const auto disk = attribute_in_metadata(metadata_of(domain), "disk");
        if (disk && *disk != data_disk_) {
            throw describe(hypervisor_problem::taken, name_, *disk);
        }
    }

    void resume(virDomainPtr domain)
    {
        int state = 0;
        if (virDomainGetState(domain, &state, nullptr, 0) < 0) refuse("look at " + name_);
        if (state == VIR_DOMAIN_PAUSED && virDomainResume(domain) < 0) refuse("resume " + name_);
    }

    std::optional<running_vm> look_at(virDomainPtr domain)
    {
        char* answer = nullptr;
        if (virDomainQemuMonitorCommand(
                domain, "info usernet", &answer, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP
            ) < 0) {
            refuse("read the ports of " + name_);
        }
        const text_handle text(answer);
        running_vm running;
        for (const auto& forward : parse_user_network(text.get())) {
            if (forward.guest == guest_engine_port) running.engine_port = forward.host;
            if (forward.guest == guest_ssh_port) running.ssh_port = forward.host;
        }
        if (running.engine_port == 0) return std::nullopt;
        running.process_id = process_id();
        return running;
    }

    // libvirt's API does not tell QEMU's process id; the file that its daemon keeps does.
    int process_id()
    {
        int id = 0;
        const char* runtime = std::getenv("XDG_RUNTIME_DIR");
        if (runtime)
            std::ifstream(std::string(runtime) + "/libvirt/qemu/run/" + name_ + ".pid") >> id;
        if (id == 0) std::ifstream("/run/libvirt/qemu/" + name_ + ".pid") >> id;
        return id;
    }

    const std::string uri_;
    const std::string name_;
    const std::filesystem::path data_disk_;
    const std::shared_ptr<observation> observers_ = std::make_shared<observation>();
    // Ends after the connection, whose callbacks it runs.
    std::shared_ptr<libvirt_event_loop> events_;
    std::shared_ptr<std::atomic<bool>> connection_lost_;
    int lifecycle_callback_ = -1;
    std::unique_ptr<watcher> closing_;
    connection_handle connection_;
    std::uint16_t fixed_port_ = 0;
};

}  // namespace

std::unique_ptr<hypervisor> make_libvirt_hypervisor(
    std::string uri, std::string name, std::filesystem::path data_disk
)
{
    return std::make_unique<libvirt_hypervisor>(
        std::move(uri), std::move(name), std::move(data_disk)
    );
}

std::string domain_name(const std::string& instance)
{
    return "gangway-" + instance;
}

}  // namespace vmctl
