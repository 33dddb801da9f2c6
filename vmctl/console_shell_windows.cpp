// libvirt offers a VM's console as a Unix socket, which Windows' programs do not use.
#include "vmctl/console_shell.hpp"

namespace vmctl {

guest_result
run_on_console(const std::filesystem::path&, const std::string&, const std::string&, console_patience, const std::stop_token&)
{
    throw describe(
        hypervisor_problem::refused,
        "run a command on the VM's console",
        "on Windows its console cannot be reached; use an image with the guest agent"
    );
}

}  // namespace vmctl
