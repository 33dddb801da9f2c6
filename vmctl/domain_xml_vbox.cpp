// The devices of a domain of libvirt's VirtualBox driver (https://libvirt.org/drvvbox.html; what it
// reads of the XML is in libvirt's src/vbox/vbox_common.c, and the rest it drops without a word).
#include "vmctl/domain_xml.hpp"
#include "vmctl/domain_xml_drivers.hpp"
#include "vmctl/share_list.hpp"
#include "vmctl/xml_text.hpp"

#include <sstream>

namespace vmctl {

namespace {

// VirtualBox's shared folders; the target is the name by which the guest mounts one (vboxsf).
std::string shared_folders(const std::vector<config::share>& shares)
{
    std::string devices;
    for (std::size_t index = 0; index < shares.size(); ++index) {
        const auto& share = shares[index];
        devices += "    <filesystem type='mount'>\n";
        devices += "      <source dir=" + xml_quoted(share.path.string()) + "/>\n";
        devices += "      <target dir=" + xml_quoted(share_tag(index)) + "/>\n";
        if (!share.writable) devices += "      <readonly/>\n";
        devices += "    </filesystem>\n";
    }
    return devices;
}

}  // namespace

std::string vbox_domain_xml(const domain_spec& spec, std::string_view uuid)
{
    std::ostringstream xml;
    xml << "<domain type='vbox'>\n"
        << "  <name>" << xml_escaped(spec.name) << "</name>\n";
    if (!uuid.empty()) xml << "  <uuid>" << xml_escaped(uuid) << "</uuid>\n";
    xml << "  <memory unit='KiB'>" << spec.memory.bytes / 1024 << "</memory>\n"
        << "  <vcpu>" << spec.cpus << "</vcpu>\n"
        << "  <os>\n"
        << "    <type arch=" << xml_quoted(domain_architecture) << ">hvm</type>\n"
        << "    <boot dev='cdrom'/>\n"
        << "  </os>\n"
        // Several processors need the APIC.
        << "  <features><acpi/><apic/><pae/></features>\n"
        << "  <devices>\n"
        // The driver has no virtio disks. isolinux finds the CD where every BIOS does.
        << "    <disk type='file' device='cdrom'>\n"
        << "      <source file=" << xml_quoted(spec.iso.string()) << "/>\n"
        << "      <target dev='hdc' bus='ide'/>\n"
        << "      <readonly/>\n"
        << "    </disk>\n"
        << "    <disk type='file' device='disk'>\n"
        << "      <source file=" << xml_quoted(spec.data_disk.string()) << "/>\n"
        << "      <target dev='sda' bus='sata'/>\n"
        << "    </disk>\n"
        << shared_folders(spec.shares)
        // VirtualBox's NAT. What would lead into it cannot be said here.
        << "    <interface type='user'>\n"
        << "      <model type='virtio'/>\n"
        << "    </interface>\n"
        << "    <serial type='file'>\n"
        << "      <source path=" << xml_quoted(spec.serial_log.string()) << "/>\n"
        << "      <target port='0'/>\n"
        << "    </serial>\n"
        // Without a display of this type the driver opens a window.
        << "    <graphics type='rdp' autoport='yes'>\n"
        << "      <listen type='address' address='127.0.0.1'/>\n"
        << "    </graphics>\n"
        << "  </devices>\n"
        << "</domain>\n";
    return xml.str();
}

}  // namespace vmctl
