// Looks up what a VM needs on Windows: VirtualBox, and the programs that prepare its disk.
#include "config/automatic_hypervisor.hpp"
#include "gangway/doctor_host.hpp"
#include "gangway/program_output.hpp"

namespace gangway {
namespace {

program_facts look_for(const std::string& name)
{
    return {name, find_program(name)};
}

}  // namespace

findings host_findings(const config::settings& settings)
{
    findings all;
    if (config::hypervisor_to_use(settings.vm) == config::hypervisor_choice::virtualbox) {
        all.push_back(judge_virtualbox(look_at_virtualbox(settings)));
    } else {
        all.push_back(
            {"vm",
             verdict::wrong,
             "vm.hypervisor is \"libvirt\", which gangwayd is built without here",
             "set it to \"virtualbox\""}
        );
    }
    all.push_back(judge_disk_tools(
        {look_for("mke2fs"), look_for("e2fsck"), look_for("debugfs"), look_for("resize2fs")}
    ));
    all.push_back(judge_ssh(look_for("ssh"), look_for("scp"), look_for("ssh-keygen")));
    return all;
}

}  // namespace gangway
