// Which driver's function writes the domain, and the fingerprint that is noted in it.
#include "vmctl/domain_xml.hpp"

#include "vmctl/domain_xml_drivers.hpp"
#include "vmctl/sha256.hpp"

namespace vmctl {

namespace {

std::string domain_xml(
    libvirt_driver driver,
    const domain_spec& spec,
    std::string_view uuid,
    std::string_view spec_fingerprint
)
{
    switch (driver) {
        case libvirt_driver::virtualbox:
            return vbox_domain_xml(spec, uuid);
        case libvirt_driver::qemu:
            break;
    }
    return qemu_domain_xml(spec, uuid, spec_fingerprint);
}

}  // namespace

std::string domain_xml(libvirt_driver driver, const domain_spec& spec, std::string_view uuid)
{
    return domain_xml(driver, spec, uuid, fingerprint(driver, spec));
}

std::string fingerprint(libvirt_driver driver, const domain_spec& spec)
{
    sha256 digest;
    digest.add(domain_xml(driver, spec, {}, {}));
    digest.add(spec.image_identity);
    return digest.hex();
}

}  // namespace vmctl
