// The sentences of hypervisor_error.
#include "vmctl/hypervisor.hpp"

namespace vmctl {

namespace {

std::string sentence(
    hypervisor_problem problem, const std::string& subject, const std::string& detail
)
{
    const auto said = detail.empty() ? std::string() : " (" + detail + ")";
    switch (problem) {
        case hypervisor_problem::unreachable:
            return "cannot connect to libvirt at " + subject + said +
                   "; install libvirt-daemon and qemu-system-x86, start libvirtd if it is the "
                   "system's "
                   "own, or correct vm.libvirt_uri";
        case hypervisor_problem::not_allowed:
            return "this user may not use libvirt at " + subject + said +
                   "; use vm.libvirt_uri \"qemu:///session\", or join the group libvirt";
        case hypervisor_problem::no_emulator:
            return "libvirt at " + subject + " finds no QEMU that it can use for our VM" + said +
                   "; install qemu-system-x86";
        case hypervisor_problem::no_accelerator:
            return "vm.acceleration is \"" + subject + "\", but it is not usable here" + said +
                   "; for kvm, check that /dev/kvm exists and that this user may open it (group "
                   "kvm); vm.acceleration \"automatic\" takes what there is";
        case hypervisor_problem::port_taken:
            return "port " + subject +
                   " on 127.0.0.1 is taken by another program; free it, or change vm.engine_port "
                   "(0 takes any free port)";
        case hypervisor_problem::taken:
            return "the VM " + subject +
                   " runs already for another gangwayd, or was saved by it, with the data disk " +
                   detail +
                   "; use that daemon's socket, stop the VM there, or choose another instance";
        case hypervisor_problem::not_now:
            return "cannot " + subject + " now" + said;
        case hypervisor_problem::called_off:
            return "called off: to " + subject + said;
        case hypervisor_problem::silent:
            return "could not " + subject + ": QEMU did not answer, and the VM was switched off" +
                   said;
        case hypervisor_problem::refused:
            return "could not " + subject + said;
    }
    return subject + said;
}

}  // namespace

hypervisor_error describe(
    hypervisor_problem problem, std::string_view subject, std::string_view detail
)
{
    return hypervisor_error(problem, sentence(problem, std::string(subject), std::string(detail)));
}

std::string_view to_string(stop_cause cause)
{
    switch (cause) {
        case stop_cause::shut_down:
            return "shut itself down";
        case stop_cause::crashed:
            return "crashed";
        case stop_cause::killed:
            return "was killed";
        case stop_cause::destroyed:
            return "was switched off through libvirt";
        case stop_cause::silent:
            return "did not answer any more, and was switched off";
        case stop_cause::unknown:
            break;
    }
    return "stopped for an unknown reason";
}

}  // namespace vmctl
