// Looked up anew each time: QEMU alone knows.
#include "vmctl/libvirt_user_network.hpp"

#include "vmctl/libvirt_domain.hpp"

#include <libvirt/libvirt-qemu.h>

namespace vmctl {

std::vector<port_forward> libvirt_user_network::forwards() const
{
    return parse_user_network(ask_monitor("info usernet"));
}

std::uint16_t libvirt_user_network::forward(const guest_port& port) const
{
    if (const auto there = forward_to(port)) return *there;
    // Port 0: QEMU takes one that is free.
    const auto answer = ask_monitor(add_forward(port));
    const auto made = forward_to(port);
    if (!made) throw describe(hypervisor_problem::refused, "forward a port", answer);
    return *made;
}

void libvirt_user_network::end_forward(const guest_port& port) const
{
    if (const auto host = forward_to(port)) ask_monitor(remove_forward(port.protocol, *host));
}

std::optional<std::uint16_t> libvirt_user_network::forward_to(const guest_port& port) const
{
    for (const auto& [host, guest] : forwards())
        if (guest == port) return host;
    return std::nullopt;
}

// What it answers to a person's command.
std::string libvirt_user_network::ask_monitor(const std::string& command) const
{
    char* answer = nullptr;
    if (virDomainQemuMonitorCommand(
            domain_, command.c_str(), &answer, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP
        ) < 0) {
        refuse("change the VM's ports");
    }
    const text_handle text(answer);
    return text.get();
}

}  // namespace vmctl
