// Releasing and reading errors.
#include "vmctl/libvirt_domain.hpp"

#include "vmctl/domain_metadata.hpp"
#include "vmctl/domain_xml.hpp"

#include <libvirt/virterror.h>

#include <cstdlib>

namespace vmctl {

void libvirt_release::operator()(virDomainPtr domain) const
{
    virDomainFree(domain);
}

void libvirt_release::operator()(char* text) const
{
    std::free(text);  // NOLINT: libvirt's own allocation
}

int last_libvirt_code()
{
    const virErrorPtr last = virGetLastError();
    return last ? last->code : VIR_ERR_INTERNAL_ERROR;
}

namespace {

struct domain_state {
    int what = 0;
    int why = 0;
};

domain_state state_of(virDomainPtr domain)
{
    domain_state state;
    if (virDomainGetState(domain, &state.what, &state.why, 0) < 0) refuse("look at the VM");
    return state;
}

}  // namespace

std::string metadata_of(virDomainPtr domain, virDomainModificationImpact which)
{
    const text_handle element(
        virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, metadata_namespace, which)
    );
    return element ? element.get() : "";
}

bool is_saved(virDomainPtr domain)
{
    const int saved = virDomainHasManagedSaveImage(domain, 0);
    if (saved < 0) refuse("look at the VM");
    return saved == 1;
}

void end_saving(virDomainPtr domain)
{
    const auto state = state_of(domain);
    const bool is_being_saved =
        state.what == VIR_DOMAIN_PAUSED && state.why == VIR_DOMAIN_PAUSED_SAVE;
    if (is_being_saved) virDomainAbortJob(domain);
}

void resume_if_paused(virDomainPtr domain)
{
    if (state_of(domain).what != VIR_DOMAIN_PAUSED || virDomainResume(domain) == 0) return;
    const auto failure =
        describe(hypervisor_problem::refused, "resume the VM", virGetLastErrorMessage());
    // libvirt does so itself when saving has ended early, and may be faster.
    if (state_of(domain).what != VIR_DOMAIN_RUNNING) throw failure;
}

void resize_data_disk(virDomainPtr domain, config::byte_size size)
{
    if (virDomainBlockResize(domain, data_disk_target, size.bytes, VIR_DOMAIN_BLOCK_RESIZE_BYTES) <
        0)
        refuse("resize the VM's disk");
}

void refuse(std::string_view doing)
{
    throw describe(hypervisor_problem::refused, doing, virGetLastErrorMessage());
}

void call_it_off(std::string_view doing)
{
    throw describe(hypervisor_problem::called_off, doing, {});
}

}  // namespace vmctl
