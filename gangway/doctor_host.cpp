// The judges.
#include "gangway/doctor_host.hpp"

#include "config/install_advice.hpp"
#include "gangway/wording.hpp"

#include <algorithm>

namespace gangway {
namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

// Without KVM a VM still runs, unless the settings insist.
finding without_kvm(const kvm_facts& facts, const std::string& why, const std::string& advice)
{
    if (facts.wanted == config::acceleration::kvm)
        return {"kvm", verdict::wrong, why + ", and vm.acceleration is \"kvm\"", advice};
    return {"kvm", verdict::warning, why + ": the VM is emulated, which is slow", advice};
}

std::string names_of_missing(const std::vector<program_facts>& programs)
{
    std::string names;
    for (const auto& each : programs)
        if (!each.path) names += (names.empty() ? "" : ", ") + each.name;
    return names;
}

std::string advice_to_join(const std::string& group, const std::string& user)
{
    return "sudo usermod -aG " + group + " " + user + ", then log out and in again";
}

}  // namespace

finding judge_kvm(const kvm_facts& facts)
{
    if (facts.wanted == config::acceleration::hvf)
        return {
            "kvm",
            verdict::wrong,
            "vm.acceleration is \"hvf\", which macOS alone has",
            "set it to \"automatic\""};
    if (facts.wanted == config::acceleration::emulation)
        return {"kvm", verdict::ok, "not used: vm.acceleration is \"emulation\"", {}};
    if (facts.opens) return {"kvm", verdict::ok, "/dev/kvm can be used", {}};
    const std::string switch_on =
        "switch virtualization on in the firmware's settings, then `sudo modprobe kvm_intel` or "
        "`kvm_amd`; where this machine is a VM, allow nested virtualization";
    if (!facts.exists) return without_kvm(facts, "there is no /dev/kvm", switch_on);
    const auto refused = "/dev/kvm cannot be opened (" + facts.why_not + ")";
    if (!facts.refused) return without_kvm(facts, refused, switch_on);
    if (!facts.group_may || facts.group.empty() || facts.group == "root")
        return without_kvm(
            facts,
            refused,
            "give it to the group kvm: `sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm`, "
            "then " +
                advice_to_join("kvm", facts.user)
        );
    if (facts.user_is_member && !facts.has_membership)
        return without_kvm(
            facts,
            refused,
            facts.user + " is in the group " + facts.group +
                ", but was not when this session began: log out and in again"
        );
    return without_kvm(facts, refused, advice_to_join(facts.group, facts.user));
}

finding judge_qemu(const program_facts& emulator)
{
    if (emulator.path) return {"qemu", verdict::ok, emulator.path->string(), {}};
    return {
        "qemu",
        verdict::wrong,
        "there is no " + emulator.name,
        config::install_advice("qemu-system-x86")};
}

finding judge_libvirt(const libvirt_facts& facts)
{
    const bool session = facts.uri.starts_with("qemu:///session");
    if (!session && !facts.uri.starts_with("qemu:///system"))
        return {
            "libvirt",
            verdict::warning,
            facts.uri + " is not looked at",
            "`virsh -c " + facts.uri + " version` tells whether it can be reached"};
    std::optional<std::string> found;
    for (const auto& each : facts.daemons)
        if (each.path && !found) found = each.path->string();
    if (!found)
        return {
            "libvirt",
            verdict::wrong,
            "there is no " + facts.daemons.front().name,
            config::install_advice("libvirt-daemon")};
    if (facts.by_system && facts.system_obstacle)
        return {
            "libvirt",
            verdict::wrong,
            "the system's libvirt, for " + facts.uri + ", cannot be reached (" +
                *facts.system_obstacle + ")",
            facts.root ? "systemctl start libvirtd"
                       : "`sudo systemctl start libvirtd`; to be let in, " +
                             advice_to_join("libvirt", facts.user) +
                             "; or set vm.libvirt_uri to \"qemu:///session\", which needs neither"};
    return {"libvirt", verdict::ok, *found + " for " + facts.uri, {}};
}

finding judge_virtualbox(const virtualbox_facts& facts)
{
    const std::string chosen =
        facts.asked_for ? "vm.hypervisor is \"virtualbox\"" : "gangwayd is built without libvirt";
    if (!facts.path)
        return {
            "virtualbox",
            verdict::wrong,
            chosen + ", and there is no VBoxManage",
            "install VirtualBox (https://www.virtualbox.org), or name an engine that runs "
            "elsewhere: engine.remote in the configuration, or --engine tcp://HOST:PORT or "
            "ssh://HOST"};
    auto version = facts.version.value_or("");
    version.erase(std::min(version.find_first_of("\r\n"), version.size()));
    if (version.empty())
        return {
            "virtualbox",
            verdict::wrong,
            facts.path->string() + " does not tell its version",
            "`VBoxManage --version` says why; VirtualBox may have to be installed again"};
    // What it has to say first, as of a kernel module that is missing on Linux.
    if (version.starts_with("WARNING"))
        return {"virtualbox", verdict::wrong, version, "`VBoxManage --version` says what to do"};
    return {
        "virtualbox",
        verdict::ok,
        "version " + version + ", " + facts.path->string() + " (" + chosen + ")",
        {}};
}

finding judge_disk_tools(const std::vector<program_facts>& tools)
{
    const auto missing = names_of_missing(tools);
    if (missing.empty()) return {"disk tools", verdict::ok, "all are here", {}};
    return {
        "disk tools", verdict::wrong, "missing: " + missing, config::install_advice("e2fsprogs")};
}

finding judge_ssh(
    const program_facts& ssh, const program_facts& scp, const program_facts& ssh_keygen
)
{
    const auto missing = names_of_missing({ssh, scp, ssh_keygen});
    if (missing.empty()) return {"ssh", verdict::ok, ssh.path->string(), {}};
    return {
        "ssh",
        ssh_keygen.path ? verdict::warning : verdict::wrong,
        "missing: " + missing,
        config::install_advice("openssh-client")};
}

finding judge_space(const space_facts& facts)
{
    const auto place = facts.directory.string();
    if (!facts.free)
        return {
            "disk space",
            verdict::warning,
            "the free space for " + place + " is not to be had",
            "see whether the directory can be entered"};
    auto found = size_text(*facts.free) + " free for " + place;
    if (facts.disk_may_take > *facts.free)
        found += ", where the VM's disk may take " + size_text(facts.disk_may_take) + " more";
    const std::string advice =
        "free some; of the VM's disk, `docker system prune` does; or have state_dir elsewhere";
    if (*facts.free < gibibyte) return {"disk space", verdict::wrong, found, advice};
    if (*facts.free < facts.memory + gibibyte)
        return {
            "disk space",
            verdict::warning,
            found + "; a VM that is saved needs up to " + size_text(facts.memory),
            advice};
    return {"disk space", verdict::ok, found, {}};
}

}  // namespace gangway
