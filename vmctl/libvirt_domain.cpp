// Releasing and reading errors.
#include "vmctl/libvirt_domain.hpp"

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

void refuse(std::string_view doing)
{
    throw describe(hypervisor_problem::refused, doing, virGetLastErrorMessage());
}

}  // namespace vmctl
