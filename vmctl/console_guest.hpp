// A hypervisor whose guest has no agent that we can reach, but a shell on a serial console whose
// user may do all: boot2docker, and our appliance in VirtualBox. What the agent does elsewhere is
// done there.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace vmctl {

// What is typed into a kind of guest.
struct console_manners {
    // Succeeds in the guest's own shell alone: neither in a container, nor in another kind of
    // guest, which may run yet when the setting has changed (console_dialogue.hpp).
    std::string where;
    // What comes before the name of one of its programs.
    std::string run;
    // Whether it has a program `halt`, which stops its engine first: its power button does not.
    bool halts = false;
};

// The programs are those on the data disk (boot2docker_guest.hpp).
console_manners manners_of_boot2docker();

// They are the appliance's own (docs/appliance.md).
console_manners manners_of_appliance();

// All but the guest is `host`'s. The console is at `serial_socket`.
//
// guest_listens() throws where no shell answers: another program may have the console, and nothing
// is known of the guest then. ask_to_shut_down() has a guest that halts do it, and presses the
// button only when there is no shell, or that takes too long.
std::unique_ptr<hypervisor> make_console_guest(
    std::unique_ptr<hypervisor> host,
    std::filesystem::path serial_socket,
    console_manners manners = manners_of_boot2docker()
);

}  // namespace vmctl
