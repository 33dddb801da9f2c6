// The libvirt domain for one instance (https://libvirt.org/formatdomain.html), for libvirt's QEMU
// driver. Pure.
#pragma once

#include "vmctl/domain_spec.hpp"

#include <string>
#include <string_view>

namespace vmctl {

inline constexpr const char* domain_architecture = "x86_64";
inline constexpr const char* domain_machine = "q35";
inline constexpr const char* data_disk_target = "vdb";  // libvirt's name of it, with QEMU

// The QEMU driver's name for the way the processors are run: the domain's type.
const char* domain_type(accelerator way);

// The XML to define the domain from. `uuid` is that of the domain it replaces; empty: a new one.
std::string domain_xml(const domain_spec& spec, std::string_view uuid = {});

// Noted in the domain: a VM that was saved goes on only as what it was.
std::string fingerprint(const domain_spec& spec);

}  // namespace vmctl
