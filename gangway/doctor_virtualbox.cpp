// Asks VBoxManage for its version.
#include "config/virtualbox_program.hpp"
#include "gangway/doctor_host.hpp"
#include "gangway/program_output.hpp"

namespace gangway {

virtualbox_facts look_at_virtualbox(const config::settings& settings)
{
    virtualbox_facts facts;
    facts.asked_for = settings.vm.hypervisor == config::hypervisor_choice::virtualbox;
    facts.path = config::find_virtualbox();
    if (facts.path) facts.version = program_output(*facts.path, {"--version"});
    return facts;
}

}  // namespace gangway
