// What the libvirt_* files share: owners of libvirt's objects, and its last error.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <libvirt/libvirt.h>

#include <memory>
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

// `refused`, with libvirt's last words.
[[noreturn]] void refuse(std::string_view doing);

}  // namespace vmctl
