// Made of the settings alone, and of the record of which it was before.
#include "gangwayd/chosen_hypervisor.hpp"

#include "config/automatic_hypervisor.hpp"
#include "config/virtualbox_program.hpp"
#include "vmctl/console_guest.hpp"
#include "vmctl/console_line.hpp"
#include "vmctl/domain_metadata.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/libvirt_hypervisor.hpp"
#include "vmctl/packed_memory.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/virtualbox_hypervisor.hpp"

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

std::unique_ptr<vmctl::hypervisor> by_libvirt(const config::settings& settings)
{
    auto host = vmctl::make_libvirt_hypervisor(
        settings.vm.libvirt_uri,
        vmctl::domain_name(settings.instance),
        vmctl::data_disk_in(settings.state_dir),
        vmctl::memory_of(settings)
    );
    if (!settings.vm.boot2docker) return host;
    return vmctl::make_console_guest(std::move(host), vmctl::serial_socket_in(settings.state_dir));
}

std::unique_ptr<vmctl::hypervisor> by_virtualbox(const config::settings& settings)
{
    // It is booted by its kernel, for which VirtualBox has no way.
    if (settings.vm.boot2docker)
        throw vmctl::hypervisor_error(
            vmctl::hypervisor_problem::refused,
            "vm.boot2docker is run by QEMU alone, and the VM is VirtualBox's here; take it out of "
            "the configuration, or set vm.hypervisor to \"libvirt\" where that is built in"
        );
    vmctl::virtualbox_places places;
    places.name = vmctl::domain_name(settings.instance);
    places.data_disk = vmctl::data_disk_in(settings.state_dir);
    places.folder = settings.state_dir / "virtualbox";
    places.program = [] { return config::find_virtualbox(); };
    return vmctl::make_console_guest(
        vmctl::make_virtualbox_hypervisor(std::move(places)),
        vmctl::serial_socket_in(settings.state_dir),
        vmctl::manners_of_appliance()
    );
}

std::string_view name_of(config::hypervisor_choice choice)
{
    return choice == config::hypervisor_choice::virtualbox ? "virtualbox" : "libvirt";
}

std::filesystem::path record_in(const std::filesystem::path& state_dir)
{
    return state_dir / "hypervisor";
}

config::hypervisor_choice recorded_in(const std::filesystem::path& state_dir)
{
    std::error_code unknown;
    if (!std::filesystem::exists(record_in(state_dir), unknown))
        return config::automatic_hypervisor();
    const auto text = vmctl::read_file(record_in(state_dir));
    return text.starts_with("virtualbox") ? config::hypervisor_choice::virtualbox
                                          : config::hypervisor_choice::libvirt;
}

// One that is not there any more, or has a VM of that name with another disk, has none of ours.
vmctl::power state_of(vmctl::hypervisor& former)
{
    using vmctl::hypervisor_problem;
    try {
        return former.state();
    } catch (const vmctl::hypervisor_error& error) {
        if (error.problem() == hypervisor_problem::unreachable ||
            error.problem() == hypervisor_problem::taken)
            return vmctl::power::absent;
        throw;
    }
}

std::unique_ptr<vmctl::hypervisor> made_of(
    const config::settings& settings, config::hypervisor_choice choice
)
{
    if (choice == config::hypervisor_choice::virtualbox) return by_virtualbox(settings);
    return by_libvirt(settings);
}

}  // namespace

void let_go_of_former(
    const std::filesystem::path& state_dir,
    config::hypervisor_choice wanted,
    const hypervisor_maker& make
)
{
    const auto former = recorded_in(state_dir);
    if (former == wanted) return;
    std::error_code unknown;
    if (std::filesystem::exists(vmctl::data_disk_in(state_dir), unknown)) {
        const auto state = state_of(*make(former));
        if (state == vmctl::power::on || state == vmctl::power::saved)
            throw vmctl::hypervisor_error(
                vmctl::hypervisor_problem::taken,
                "the VM runs by " + std::string(name_of(former)) +
                    ", or is saved there, and has the data disk in use; set vm.hypervisor to \"" +
                    std::string(name_of(former)) +
                    "\" again, stop it with `gangway down`, and change the setting then"
            );
    }
    vmctl::make_private_directory(state_dir);
    vmctl::write_file(record_in(state_dir), std::string(name_of(wanted)) + "\n", 0600);
}

std::unique_ptr<vmctl::hypervisor> chosen_hypervisor(const config::settings& settings)
{
    const auto wanted = config::hypervisor_to_use(settings.vm);
    auto chosen = made_of(settings, wanted);
    let_go_of_former(settings.state_dir, wanted, [&settings](config::hypervisor_choice former) {
        return made_of(settings, former);
    });
    return chosen;
}
