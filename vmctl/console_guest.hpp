// A hypervisor whose guest has no agent, but a shell on its serial console whose user may do all:
// boot2docker. What the agent does elsewhere is done there, by the programs on the data disk
// (boot2docker_guest.hpp).
#pragma once

#include "vmctl/hypervisor.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace vmctl {

// Neither in a container, nor in our appliance, which may run yet when the setting has changed.
inline constexpr std::string_view in_boot2docker =
    "[ -d /var/lib/boot2docker/gangway ] && [ ! -e /usr/lib/gangway ]";

// All but the guest is `host`'s. The console is at `serial_socket`, and `where` succeeds in the
// guest's own shell alone (console_dialogue.hpp).
//
// guest_listens() throws where no shell answers: another program may have the console, and nothing
// is known of the guest then. ask_to_shut_down() has the guest stop its engine first, and presses
// the button only when there is no shell, or that takes too long.
std::unique_ptr<hypervisor> make_console_guest(
    std::unique_ptr<hypervisor> host,
    std::filesystem::path serial_socket,
    std::string where = std::string(in_boot2docker)
);

}  // namespace vmctl
