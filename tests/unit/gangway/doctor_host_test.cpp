// What each state of the machine means for a VM.
#include "gangway/doctor_host.hpp"

#include "config/install_advice.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using config::acceleration;
using namespace gangway;

namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

const program_facts here{"ssh", "/usr/bin/ssh"};
const program_facts missing{"scp", std::nullopt};

// /dev/kvm as Debian has it, and a user who is not in its group.
kvm_facts refused_kvm()
{
    kvm_facts facts;
    facts.exists = true;
    facts.refused = true;
    facts.why_not = "Permission denied";
    facts.group = "kvm";
    facts.group_may = true;
    facts.user = "me";
    return facts;
}

}  // namespace

TEST_CASE("KVM that does not work is a warning, and wrong where the settings insist on it")
{
    auto facts = refused_kvm();
    CHECK(judge_kvm(facts).judged == verdict::warning);
    CHECK_THAT(judge_kvm(facts).found, Contains("emulated"));
    facts.wanted = acceleration::kvm;
    CHECK(judge_kvm(facts).judged == verdict::wrong);
    facts.opens = true;
    CHECK(judge_kvm(facts).judged == verdict::ok);
    facts = {};
    facts.wanted = acceleration::emulation;
    CHECK(judge_kvm(facts).judged == verdict::ok);
    facts.wanted = acceleration::hvf;
    CHECK(judge_kvm(facts).judged == verdict::wrong);
}

TEST_CASE("the advice about KVM depends on why it does not open")
{
    auto facts = refused_kvm();
    std::string advice;
    SECTION("the user is not in the group")
    {
        advice = "sudo usermod -aG kvm me, then log out and in again";
    }
    SECTION("the user has been put into the group since login")
    {
        facts.user_is_member = true;
        advice = "log out and in again";
    }
    SECTION("the group may not use it")
    {
        facts.group_may = false;
        advice = "sudo chmod 660 /dev/kvm";
    }
    SECTION("it is root's")
    {
        facts.group = "root";
        advice = "sudo chgrp kvm /dev/kvm";
    }
    SECTION("the processor's virtualization is off")
    {
        facts.refused = false;
        facts.why_not = "No such device";
        advice = "firmware";
    }
    SECTION("there is none")
    {
        facts.exists = false;
        advice = "firmware";
    }
    CHECK_THAT(judge_kvm(facts).advice, Contains(advice));
}

TEST_CASE("programs that are missing are named with their package")
{
    CHECK(judge_qemu({"qemu-system-x86_64", "/q"}).judged == verdict::ok);
    CHECK(judge_qemu({"qemu-system-x86_64", {}}).judged == verdict::wrong);
    CHECK_THAT(judge_qemu({"qemu-system-x86_64", {}}).advice, Contains("qemu-system-x86"));

    const auto tools = judge_disk_tools({{"mke2fs", "/m"}, {"e2fsck", {}}, {"debugfs", {}}});
    CHECK(tools.judged == verdict::wrong);
    CHECK(tools.found == "missing: e2fsck, debugfs");
    CHECK_THAT(tools.advice, Contains("e2fsprogs"));
    CHECK(judge_disk_tools({{"mke2fs", "/m"}}).judged == verdict::ok);
}

TEST_CASE("without ssh-keygen no VM starts; without the others it does")
{
    CHECK(judge_ssh(here, here, here).judged == verdict::ok);
    CHECK(judge_ssh(here, missing, here).judged == verdict::warning);
    CHECK(judge_ssh(here, here, missing).judged == verdict::wrong);
}

TEST_CASE("libvirt needs a daemon to start for a session, and one to talk to for the system's")
{
    libvirt_facts facts;
    facts.uri = "qemu:///session";
    facts.daemons = {{"libvirtd", {}}, {"virtqemud", "/v"}};
    facts.user = "me";
    CHECK(judge_libvirt(facts).judged == verdict::ok);
    CHECK(judge_libvirt(facts).found == "/v for qemu:///session");
    facts.uri = "qemu:///system";
    facts.by_system = true;
    CHECK(judge_libvirt(facts).judged == verdict::ok);
    facts.system_obstacle = "Permission denied";
    CHECK(judge_libvirt(facts).judged == verdict::wrong);
    CHECK_THAT(judge_libvirt(facts).advice, Contains("usermod -aG libvirt me"));
    facts.uri = "qemu:///session";
    facts.root = true;
    CHECK(judge_libvirt(facts).judged == verdict::wrong);
    CHECK(judge_libvirt(facts).advice == "systemctl start libvirtd");
    facts.daemons[1].path.reset();
    CHECK_THAT(judge_libvirt(facts).advice, Contains(config::install_advice("libvirt-daemon")));
    facts.uri = "qemu+ssh://there/system";
    CHECK(judge_libvirt(facts).judged == verdict::warning);
}

TEST_CASE("VirtualBox is asked for its version, and named where it is missing")
{
    virtualbox_facts facts;
    CHECK(judge_virtualbox(facts).judged == verdict::wrong);
    CHECK(
        judge_virtualbox(facts).found ==
        "gangwayd is built without libvirt, and there is no VBoxManage"
    );
    CHECK_THAT(judge_virtualbox(facts).advice, Contains("install VirtualBox"));
    CHECK_THAT(judge_virtualbox(facts).advice, Contains("engine.remote"));
    facts.asked_for = true;
    facts.path = "/usr/bin/VBoxManage";
    facts.version = "7.0.20r163906\n";
    CHECK(judge_virtualbox(facts).judged == verdict::ok);
    CHECK(
        judge_virtualbox(facts).found ==
        "version 7.0.20r163906, /usr/bin/VBoxManage (vm.hypervisor is \"virtualbox\")"
    );
    facts.version = "WARNING: The vboxdrv kernel module is not loaded.\n7.0.20r163906\n";
    CHECK(judge_virtualbox(facts).judged == verdict::wrong);
    CHECK(judge_virtualbox(facts).found == "WARNING: The vboxdrv kernel module is not loaded.");
    facts.version.reset();
    CHECK(judge_virtualbox(facts).judged == verdict::wrong);
}

TEST_CASE("the free space has to do for a VM's memory and a little more")
{
    const auto [free, judged] = GENERATE(table<std::uint64_t, verdict>({
        {0, verdict::wrong},
        {gibibyte - 1, verdict::wrong},
        {gibibyte, verdict::warning},
        {3 * gibibyte - 1, verdict::warning},
        {3 * gibibyte, verdict::ok},
    }));
    const space_facts facts{"/state", free, 2 * gibibyte, 60 * gibibyte};
    CAPTURE(free);
    CHECK(judge_space(facts).judged == judged);
    CHECK(judge_space(facts).advice.empty() == (judged == verdict::ok));
    CHECK_THAT(judge_space(facts).found, Contains("may take 60 GiB more"));
    CHECK(judge_space({"/state", std::nullopt, 0, 0}).judged == verdict::warning);
}
