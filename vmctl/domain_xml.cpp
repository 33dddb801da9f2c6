// The devices of a domain of libvirt's QEMU driver (https://libvirt.org/drvqemu.html), and why each
// is there. KVM, HVF and emulation differ in the domain's type and its processor alone.
#include "vmctl/domain_xml.hpp"

#include "vmctl/domain_metadata.hpp"
#include "vmctl/sha256.hpp"
#include "vmctl/share_list.hpp"
#include "vmctl/user_network.hpp"
#include "vmctl/xml_text.hpp"

#include <sstream>

namespace vmctl {

namespace {

// User-mode networking has no libvirt element with port forwards that reports the port which the
// kernel chose, so QEMU gets the card directly. Port 0 lets the kernel choose without a race;
// `info usernet` tells which (user_network.hpp).
std::string user_network(const domain_spec& spec)
{
    const auto forward = [](std::uint16_t host, std::uint16_t guest) {
        return ",hostfwd=tcp:127.0.0.1:" + std::to_string(host) + "-:" + std::to_string(guest);
    };
    return std::string("user,id=") + user_network_id +
           forward(spec.engine_port, guest_engine_port) + forward(0, guest_ssh_port);
}

// 9p, as session libvirt has nothing else before its version 10. "squash": what the guest creates
// belongs to whoever runs QEMU. "mapped" would let the guest change owners too, and would give the
// host regular files in place of the guest's symbolic links. "remap": inode numbers of several file
// systems below one directory stay apart.
std::string share_devices(const std::vector<config::share>& shares)
{
    std::string devices;
    for (std::size_t index = 0; index < shares.size(); ++index) {
        const auto& share = shares[index];
        devices += "    <filesystem type='mount' accessmode='squash' multidevs='remap'>\n";
        devices += "      <source dir=" + xml_quoted(share.path.string()) + "/>\n";
        devices += "      <target dir=" + xml_quoted(share_tag(index)) + "/>\n";
        if (!share.writable) devices += "      <readonly/>\n";
        devices += "    </filesystem>\n";
    }
    return devices;
}

// A guest whose whole system is its initrd has none.
std::string root_disk(const domain_spec& spec)
{
    if (spec.root_image.empty()) return {};
    return "    <disk type='file' device='disk'>\n"
           "      <driver name='qemu' type='raw'/>\n"
           "      <source file=" +
           xml_quoted(spec.root_image.string()) +
           "/>\n"
           "      <target dev='vda' bus='virtio'/>\n"
           "      <readonly/>\n"
           "      <serial>gangway-root</serial>\n"
           "    </disk>\n";
}

// The slot is one that libvirt, which fills the bus from below and knows nothing of this card,
// does not reach. No boot ROM: the kernel is loaded directly.
std::string network_card()
{
    return std::string("virtio-net-pci,netdev=") + user_network_id +
           ",romfile=,bus=pcie.0,addr=0x10";
}

}  // namespace

const char* domain_type(accelerator way)
{
    switch (way) {
        case accelerator::kvm:
            return "kvm";
        case accelerator::hvf:
            return "hvf";
        case accelerator::virtualbox:
        case accelerator::emulation:
            break;
    }
    return "qemu";
}

namespace {

std::string domain_xml(
    const domain_spec& spec, std::string_view uuid, std::string_view spec_fingerprint
)
{
    std::ostringstream xml;
    xml << "<domain type=" << xml_quoted(domain_type(spec.run_by))
        << " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
        << "  <name>" << xml_escaped(spec.name) << "</name>\n";
    if (!uuid.empty()) xml << "  <uuid>" << xml_escaped(uuid) << "</uuid>\n";
    xml << "  <metadata>\n"
        << "    " << metadata_element(spec, spec_fingerprint) << "\n"
        << "  </metadata>\n"
        << "  <memory unit='KiB'>" << spec.memory.bytes / 1024 << "</memory>\n"
        << "  <vcpu>" << spec.cpus << "</vcpu>\n"
        << "  <os>\n"
        << "    <type arch=" << xml_quoted(domain_architecture)
        << " machine=" << xml_quoted(domain_machine) << ">hvm</type>\n"
        << "    <kernel>" << xml_escaped(spec.kernel.string()) << "</kernel>\n"
        << "    <initrd>" << xml_escaped(spec.initrd.string()) << "</initrd>\n"
        << "    <cmdline>" << xml_escaped(spec.command_line) << "</cmdline>\n"
        << "  </os>\n"
        << "  <features><acpi/><apic/></features>\n"
        << (spec.run_by != accelerator::emulation
                // Without the features that keep QEMU from saving the VM (invtsc).
                ? "  <cpu mode='host-passthrough' migratable='on'/>\n"
                // Five-level page tables are of no use to a guest of this size.
                : "  <cpu mode='maximum'><feature policy='disable' name='la57'/></cpu>\n")
        << "  <clock offset='utc'/>\n"
        // A guest that panics or reboots is noticed like one that stops; the next request starts
        // it.
        << "  <on_poweroff>destroy</on_poweroff>\n"
        << "  <on_reboot>destroy</on_reboot>\n"
        << "  <on_crash>destroy</on_crash>\n"
        << "  <devices>\n"
        << root_disk(spec)
        // Through the host's cache; the guest's flushes reach the disk, so its journal holds.
        << "    <disk type='file' device='disk'>\n"
        << "      <driver name='qemu' type='raw' cache='writeback' discard='unmap'/>\n"
        << "      <source file=" << xml_quoted(spec.data_disk.string()) << "/>\n"
        << "      <target dev='" << data_disk_target << "' bus='virtio'/>\n"
        << "      <serial>gangway-data</serial>\n"
        << "    </disk>\n"
        << share_devices(spec.shares) << "    <controller type='usb' model='none'/>\n"
        << "    <serial type='unix'>\n"
        << "      <source mode='bind' path=" << xml_quoted(spec.serial_socket.string()) << "/>\n"
        << "      <log file=" << xml_quoted(spec.serial_log.string()) << " append='off'/>\n"
        << "      <target port='0'/>\n"
        << "    </serial>\n"
        << "    <console type='unix'>\n"
        << "      <target type='serial' port='0'/>\n"
        << "    </console>\n"
        << "    <channel type='unix'>\n"
        << "      <target type='virtio' name='org.qemu.guest_agent.0'/>\n"
        << "    </channel>\n"
        << "    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>\n"
        // What the guest frees goes back to the host by itself.
        << "    <memballoon model='virtio' freePageReporting='on'/>\n"
        << "  </devices>\n"
        << "  <qemu:commandline>\n"
        << "    <qemu:arg value='-netdev'/>\n"
        << "    <qemu:arg value=" << xml_quoted(user_network(spec)) << "/>\n"
        << "    <qemu:arg value='-device'/>\n"
        << "    <qemu:arg value=" << xml_quoted(network_card()) << "/>\n"
        << "  </qemu:commandline>\n"
        << "</domain>\n";
    return xml.str();
}

}  // namespace

std::string domain_xml(const domain_spec& spec, std::string_view uuid)
{
    return domain_xml(spec, uuid, fingerprint(spec));
}

std::string fingerprint(const domain_spec& spec)
{
    sha256 digest;
    digest.add(domain_xml(spec, {}, {}));
    digest.add(spec.image_identity);
    return digest.hex();
}

}  // namespace vmctl
