// The domain in the words of each of libvirt's drivers. For domain_xml.cpp, which chooses. Pure.
#pragma once

#include "vmctl/domain_spec.hpp"

#include <string>
#include <string_view>

namespace vmctl {

// An empty `uuid` lets libvirt choose one.
std::string qemu_domain_xml(
    const domain_spec& spec, std::string_view uuid, std::string_view spec_fingerprint
);

// Boots `spec.iso`, as the driver knows no direct kernel boot; the data disk has to be in a format
// of VirtualBox's (VDI, VMDK, VHD). The driver keeps no metadata, so there is no fingerprint.
std::string vbox_domain_xml(const domain_spec& spec, std::string_view uuid);

}  // namespace vmctl
