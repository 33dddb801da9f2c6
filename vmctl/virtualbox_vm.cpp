// The machine, part by part, and why each is there. The options are those that docker-machine,
// minikube and Vagrant use, in their older spelling, which VirtualBox 7 takes too.
#include "vmctl/virtualbox_vm.hpp"

#include "vmctl/sha256.hpp"
#include "vmctl/share_list.hpp"

namespace vmctl {

namespace {

constexpr const char* controller = "SATA";

virtualbox_command note(const domain_spec& spec, const char* name, const std::string& value)
{
    return {"setextradata", spec.name, name, value};
}

virtualbox_command hardware(const domain_spec& spec)
{
    return {
        "modifyvm",
        spec.name,
        "--cpus",
        std::to_string(spec.cpus),
        "--memory",  // in MiB
        std::to_string(spec.memory.bytes / config::mebibytes(1).bytes),
        "--acpi",
        "on",
        // Several processors need it.
        "--ioapic",
        "on",
        // The guest takes the clock for UTC.
        "--rtcuseutc",
        "on",
        "--boot1",
        "dvd",
        // Nobody sees the logo, which would take seconds.
        "--bioslogofadein",
        "off",
        "--bioslogofadeout",
        "off",
        "--bioslogodisplaytime",
        "0",
        "--biosbootmenu",
        "disabled",
    };
}

// Its guest has the addresses of QEMU's user network: itself 10.0.2.15, the host 10.0.2.2.
virtualbox_command network(const domain_spec& spec)
{
    return {
        "modifyvm",
        spec.name,
        "--nic1",
        "nat",
        "--nictype1",
        "virtio",
        "--cableconnected1",
        "on",
    };
}

// A port goes to one place: the kernel's messages and the stages to the log, from which the boot is
// read, and a shell, which does what a guest agent does elsewhere, to the socket.
virtualbox_command consoles(const domain_spec& spec)
{
    return {
        "modifyvm",
        spec.name,
        "--uart1",
        "0x3F8",
        "4",
        "--uartmode1",
        "file",
        spec.serial_log.string(),
        "--uart2",
        "0x2F8",
        "3",
        "--uartmode2",
        "server",
        spec.serial_socket.string(),
    };
}

virtualbox_command attach(
    const domain_spec& spec, const char* port, const char* type, const std::filesystem::path& medium
)
{
    return {
        "storageattach",
        spec.name,
        "--storagectl",
        controller,
        "--port",
        port,
        "--device",
        "0",
        "--type",
        type,
        "--medium",
        medium.string()};
}

virtualbox_command shared_folder(
    const domain_spec& spec, const std::string& tag, const config::share& share
)
{
    virtualbox_command command = {
        "sharedfolder", "add", spec.name, "--name", tag, "--hostpath", share.path.string()};
    if (!share.writable) command.emplace_back("--readonly");
    return command;
}

std::vector<virtualbox_command> commands_to_make(
    const domain_spec& spec,
    const std::filesystem::path& folder,
    const std::filesystem::path& disk,
    const std::string& fingerprint
)
{
    std::vector<virtualbox_command> commands = {
        {"createvm",
         "--name",
         spec.name,
         "--ostype",
         "Linux26_64",
         "--basefolder",
         folder.string(),
         "--register"},
        note(spec, disk_note, encoded_path(spec.data_disk.string())),
        hardware(spec),
        network(spec),
        consoles(spec),
        // Through the host's cache, as the guest's flushes reach the disk (below).
        {"storagectl",
         spec.name,
         "--name",
         controller,
         "--add",
         "sata",
         "--controller",
         "IntelAhci",
         "--portcount",
         "2",
         "--hostiocache",
         "on"},
        attach(spec, "0", "dvddrive", spec.iso),
        attach(spec, "1", "hdd", disk),
        // VirtualBox passes over them unless it is told: the guest's journal would not hold when
        // the host goes down (its manual, "Responding to Guest IDE/SATA Flush Requests").
        note(spec, "VBoxInternal/Devices/ahci/0/LUN#1/Config/IgnoreFlush", "0"),
    };
    for (std::size_t index = 0; index < spec.shares.size(); ++index)
        commands.push_back(shared_folder(spec, share_tag(index), spec.shares[index]));
    commands.push_back(note(spec, shares_note, encoded_shares(spec.shares)));
    commands.push_back(note(spec, spec_note, fingerprint));
    commands.push_back(note(spec, version_note, spec.version));
    return commands;
}

}  // namespace

std::vector<virtualbox_command> commands_to_make(
    const domain_spec& spec, const std::filesystem::path& folder, const std::filesystem::path& disk
)
{
    return commands_to_make(spec, folder, disk, virtualbox_fingerprint(spec));
}

std::vector<virtualbox_command> commands_that_may_fail(const domain_spec& spec)
{
    return {
        // Names are looked up as the host does it, with what its VPN and its hosts file say.
        {"modifyvm", spec.name, "--natdnshostresolver1", "on"},
        // What the host has on its loopback is host.docker.internal's, too. Before VirtualBox 7
        // that
        // was so without asking.
        {"modifyvm", spec.name, "--nat-localhostreachable1", "on"},
    };
}

std::string virtualbox_fingerprint(const domain_spec& spec)
{
    sha256 digest;
    for (const auto& command : commands_to_make(spec, {}, {}, {}))
        for (const auto& word : command) digest.add(word + '\0');
    digest.add(spec.image_identity);
    return digest.hex();
}

std::string forwarding_rule(std::uint16_t host, const guest_port& to)
{
    const std::string protocol = to.protocol == transport::tcp ? "tcp" : "udp";
    const auto guest = std::to_string(to.port);
    return "gangway-" + protocol + "-" + to.address + "-" + guest + "," + protocol + ",127.0.0.1," +
           std::to_string(host) + "," + to.address + "," + guest;
}

}  // namespace vmctl
