// Stand-ins for the functions of libvirt that we call: each finds the real one when it is called.
#include "vmctl/libvirt_library.hpp"

#include <dlfcn.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <stdexcept>

namespace {

struct loaded_libraries {
    loaded_libraries()
    {
        // Never unloaded: libvirt has threads and what they hold.
        core = ::dlopen("libvirt.so.0", RTLD_NOW | RTLD_LOCAL);
        if (core != nullptr) qemu = ::dlopen("libvirt-qemu.so.0", RTLD_NOW | RTLD_LOCAL);
        if (qemu == nullptr) {
            obstacle = ::dlerror();
        }
    }

    void* core = nullptr;
    void* qemu = nullptr;
    std::optional<std::string> obstacle;
};

const loaded_libraries& libraries()
{
    static const loaded_libraries loaded;
    return loaded;
}

template <class Function>
Function function(void* library, const char* name)
{
    void* found = library != nullptr ? ::dlsym(library, name) : nullptr;
    if (found == nullptr) throw std::logic_error(std::string("libvirt has no ") + name);
    return reinterpret_cast<Function>(found);
}

}  // namespace

namespace vmctl {

const std::optional<std::string>& libvirt_obstacle()
{
    return libraries().obstacle;
}

}  // namespace vmctl

// The same names and types as in libvirt's headers, which are included above.
extern "C" {

int virConnectClose(virConnectPtr conn)
{
    return function<decltype(&virConnectClose)>(libraries().core, "virConnectClose")(conn);
}

int virConnectDomainEventDeregisterAny(virConnectPtr conn, int callbackID)
{
    return function<decltype(&virConnectDomainEventDeregisterAny)>(
        libraries().core, "virConnectDomainEventDeregisterAny"
    )(conn, callbackID);
}

int virConnectDomainEventRegisterAny(
    virConnectPtr conn,
    virDomainPtr dom,
    int eventID,
    virConnectDomainEventGenericCallback cb,
    void* opaque,
    virFreeCallback freecb
)
{
    return function<decltype(&virConnectDomainEventRegisterAny)>(
        libraries().core, "virConnectDomainEventRegisterAny"
    )(conn, dom, eventID, cb, opaque, freecb);
}

char* virConnectGetDomainCapabilities(
    virConnectPtr conn,
    const char* emulatorbin,
    const char* arch,
    const char* machine,
    const char* virttype,
    unsigned int flags
)
{
    return function<decltype(&virConnectGetDomainCapabilities)>(
        libraries().core, "virConnectGetDomainCapabilities"
    )(conn, emulatorbin, arch, machine, virttype, flags);
}

int virConnectIsAlive(virConnectPtr conn)
{
    return function<decltype(&virConnectIsAlive)>(libraries().core, "virConnectIsAlive")(conn);
}

virConnectPtr virConnectOpen(const char* name)
{
    return function<decltype(&virConnectOpen)>(libraries().core, "virConnectOpen")(name);
}

int virConnectRegisterCloseCallback(
    virConnectPtr conn, virConnectCloseFunc cb, void* opaque, virFreeCallback freecb
)
{
    return function<decltype(&virConnectRegisterCloseCallback)>(
        libraries().core, "virConnectRegisterCloseCallback"
    )(conn, cb, opaque, freecb);
}

int virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
    return function<decltype(&virConnectUnregisterCloseCallback)>(
        libraries().core, "virConnectUnregisterCloseCallback"
    )(conn, cb);
}

int virDomainCreateWithFlags(virDomainPtr domain, unsigned int flags)
{
    return function<decltype(&virDomainCreateWithFlags)>(
        libraries().core, "virDomainCreateWithFlags"
    )(domain, flags);
}

virDomainPtr virDomainDefineXML(virConnectPtr conn, const char* xml)
{
    return function<decltype(&virDomainDefineXML)>(libraries().core, "virDomainDefineXML")(
        conn, xml
    );
}

int virDomainDestroy(virDomainPtr domain)
{
    return function<decltype(&virDomainDestroy)>(libraries().core, "virDomainDestroy")(domain);
}

int virDomainFree(virDomainPtr domain)
{
    return function<decltype(&virDomainFree)>(libraries().core, "virDomainFree")(domain);
}

char* virDomainGetMetadata(virDomainPtr domain, int type, const char* uri, unsigned int flags)
{
    return function<decltype(&virDomainGetMetadata)>(libraries().core, "virDomainGetMetadata")(
        domain, type, uri, flags
    );
}

int virDomainBlockResize(
    virDomainPtr dom, const char* disk, unsigned long long size, unsigned int flags
)
{
    return function<decltype(&virDomainBlockResize)>(libraries().core, "virDomainBlockResize")(
        dom, disk, size, flags
    );
}

const char* virDomainGetName(virDomainPtr domain)
{
    return function<decltype(&virDomainGetName)>(libraries().core, "virDomainGetName")(domain);
}

int virDomainGetState(virDomainPtr domain, int* state, int* reason, unsigned int flags)
{
    return function<decltype(&virDomainGetState)>(libraries().core, "virDomainGetState")(
        domain, state, reason, flags
    );
}

int virDomainGetUUIDString(virDomainPtr domain, char* buf)
{
    return function<decltype(&virDomainGetUUIDString)>(libraries().core, "virDomainGetUUIDString")(
        domain, buf
    );
}

int virDomainIsActive(virDomainPtr dom)
{
    return function<decltype(&virDomainIsActive)>(libraries().core, "virDomainIsActive")(dom);
}

int virDomainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info, unsigned int flags)
{
    return function<decltype(&virDomainGetControlInfo)>(
        libraries().core, "virDomainGetControlInfo"
    )(domain, info, flags);
}

int virDomainSuspend(virDomainPtr domain)
{
    return function<decltype(&virDomainSuspend)>(libraries().core, "virDomainSuspend")(domain);
}

int virDomainManagedSave(virDomainPtr dom, unsigned int flags)
{
    return function<decltype(&virDomainManagedSave)>(libraries().core, "virDomainManagedSave")(
        dom, flags
    );
}

int virDomainHasManagedSaveImage(virDomainPtr dom, unsigned int flags)
{
    return function<decltype(&virDomainHasManagedSaveImage)>(
        libraries().core, "virDomainHasManagedSaveImage"
    )(dom, flags);
}

int virDomainManagedSaveRemove(virDomainPtr dom, unsigned int flags)
{
    return function<decltype(&virDomainManagedSaveRemove)>(
        libraries().core, "virDomainManagedSaveRemove"
    )(dom, flags);
}

int virDomainAbortJob(virDomainPtr dom)
{
    return function<decltype(&virDomainAbortJob)>(libraries().core, "virDomainAbortJob")(dom);
}

char* virDomainQemuAgentCommand(
    virDomainPtr domain, const char* cmd, int timeout, unsigned int flags
)
{
    return function<decltype(&virDomainQemuAgentCommand)>(
        libraries().qemu, "virDomainQemuAgentCommand"
    )(domain, cmd, timeout, flags);
}

virDomainPtr virDomainLookupByName(virConnectPtr conn, const char* name)
{
    return function<decltype(&virDomainLookupByName)>(libraries().core, "virDomainLookupByName")(
        conn, name
    );
}

int virDomainResume(virDomainPtr domain)
{
    return function<decltype(&virDomainResume)>(libraries().core, "virDomainResume")(domain);
}

int virDomainShutdownFlags(virDomainPtr domain, unsigned int flags)
{
    return function<decltype(&virDomainShutdownFlags)>(libraries().core, "virDomainShutdownFlags")(
        domain, flags
    );
}

int virDomainUndefineFlags(virDomainPtr domain, unsigned int flags)
{
    return function<decltype(&virDomainUndefineFlags)>(libraries().core, "virDomainUndefineFlags")(
        domain, flags
    );
}

int virEventAddTimeout(int frequency, virEventTimeoutCallback cb, void* opaque, virFreeCallback ff)
{
    return function<decltype(&virEventAddTimeout)>(libraries().core, "virEventAddTimeout")(
        frequency, cb, opaque, ff
    );
}

int virEventRegisterDefaultImpl()
{
    return function<decltype(&virEventRegisterDefaultImpl)>(
        libraries().core, "virEventRegisterDefaultImpl"
    )();
}

int virEventRemoveTimeout(int timer)
{
    return function<decltype(&virEventRemoveTimeout)>(
        libraries().core, "virEventRemoveTimeout"
    )(timer);
}

int virEventRunDefaultImpl()
{
    return function<decltype(&virEventRunDefaultImpl)>(libraries().core, "virEventRunDefaultImpl")(
    );
}

virErrorPtr virGetLastError()
{
    return function<decltype(&virGetLastError)>(libraries().core, "virGetLastError")();
}

const char* virGetLastErrorMessage()
{
    return function<decltype(&virGetLastErrorMessage)>(libraries().core, "virGetLastErrorMessage")(
    );
}

void virSetErrorFunc(void* userData, virErrorFunc handler)
{
    function<decltype(&virSetErrorFunc)>(libraries().core, "virSetErrorFunc")(userData, handler);
}

int virDomainQemuMonitorCommand(
    virDomainPtr domain, const char* cmd, char** result, unsigned int flags
)
{
    return function<decltype(&virDomainQemuMonitorCommand)>(
        libraries().qemu, "virDomainQemuMonitorCommand"
    )(domain, cmd, result, flags);
}

}  // extern "C"
