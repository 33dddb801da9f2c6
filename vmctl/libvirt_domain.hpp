// What the libvirt_* files share: owners of libvirt's objects, small questions to a domain, and
// libvirt's last error.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <libvirt/libvirt.h>

#include <memory>
#include <string>
#include <string_view>

namespace vmctl {

struct libvirt_release {
    void operator()(virDomainPtr domain) const;
    void operator()(char* text) const;
};

using domain_handle = std::unique_ptr<virDomain, libvirt_release>;
using text_handle = std::unique_ptr<char, libvirt_release>;

// libvirt keeps its last error per thread: read it on the thread that failed, at once.
int last_libvirt_code();

// What we noted in a domain, running or as it is defined; empty when it is not one of ours.
std::string metadata_of(
    virDomainPtr domain, virDomainModificationImpact which = VIR_DOMAIN_AFFECT_LIVE
);

// Whether libvirt has its memory in a file.
bool is_saved(virDomainPtr domain);

// If it is being saved; nothing otherwise.
void end_saving(virDomainPtr domain);

// No error when it is off.
void resume_if_paused(virDomainPtr domain);

void resize_data_disk(virDomainPtr domain, config::byte_size size);

// `refused`, with libvirt's last words.
[[noreturn]] void refuse(std::string_view doing);

// `called_off`.
[[noreturn]] void call_it_off(std::string_view doing);

}  // namespace vmctl
