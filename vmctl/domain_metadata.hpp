// The name of a domain of ours, and what we note in it, by which we know it. Pure.
#pragma once

#include "vmctl/domain_spec.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vmctl {

inline constexpr const char* metadata_namespace = "urn:gangway:vm:1";

// The domain of an instance.
std::string domain_name(const std::string& instance);

// The element, with the fingerprint of what the domain is made of (domain_xml.hpp).
std::string metadata_element(const domain_spec& spec, std::string_view spec_fingerprint);

// An attribute of that element, as libvirt gives it back: "version" (Gangway's), "disk" (the data
// disk's path), "shares" (encoded) or "spec" (the fingerprint). Nothing: it has none, so the domain
// is not ours.
std::optional<std::string> attribute_in_metadata(std::string_view element, std::string_view name);

}  // namespace vmctl
