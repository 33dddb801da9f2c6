// The element that we put into a domain, and reading it without an XML parser: libvirt gives back
// what we have written, in its own spelling.
#include "vmctl/domain_metadata.hpp"

#include "vmctl/share_list.hpp"
#include "vmctl/xml_text.hpp"

namespace vmctl {

std::string domain_name(const std::string& instance)
{
    return "gangway-" + instance;
}

std::string metadata_element(const domain_spec& spec, std::string_view spec_fingerprint)
{
    return std::string("<gangway:vm xmlns:gangway=") + xml_quoted(metadata_namespace) +
           " version=" + xml_quoted(spec.version) + " disk=" + xml_quoted(spec.data_disk.string()) +
           " shares=" + xml_quoted(encoded_shares(spec.shares)) +
           " spec=" + xml_quoted(spec_fingerprint) + "/>";
}

std::optional<std::string> attribute_in_metadata(std::string_view element, std::string_view name)
{
    const auto attribute = " " + std::string(name) + "=";
    const auto at = element.find(attribute);
    if (at == std::string_view::npos) return std::nullopt;
    auto value = element.substr(at + attribute.size());
    if (value.empty()) return std::nullopt;
    const auto end = value.find(value.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    return xml_unescaped(value.substr(1, end - 1));
}

}  // namespace vmctl
