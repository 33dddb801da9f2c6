// The libvirt domain for one instance (https://libvirt.org/formatdomain.html). Pure.
#pragma once

#include "vmctl/domain_spec.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vmctl {

inline constexpr const char* domain_architecture = "x86_64";
inline constexpr const char* domain_machine = "q35";
inline constexpr const char* data_disk_target = "vdb";  // libvirt's name of it

// libvirt's name for the way the processors are run: the domain's type.
const char* domain_type(accelerator way);

// The XML to define the domain from. `uuid` is that of the domain it replaces; empty: a new one.
std::string domain_xml(const domain_spec& spec, std::string_view uuid = {});

// Noted in the domain: a VM that was saved goes on only as what it was.
std::string fingerprint(const domain_spec& spec);

// The namespace of the metadata element by which we know a domain as one of ours.
inline constexpr const char* metadata_namespace = "urn:gangway:vm:1";

// An attribute of that element, as libvirt gives it back: "version" (Gangway's), "disk" (the data
// disk's path) or "shares" (encoded). Nothing: it has none, so the domain is not ours.
std::optional<std::string> attribute_in_metadata(std::string_view element, std::string_view name);

// `text` as XML character data or an attribute's value in either kind of quotes, and back.
std::string xml_escaped(std::string_view text);
std::string xml_unescaped(std::string_view text);

}  // namespace vmctl
