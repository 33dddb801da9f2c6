// The stages on the host, made of this room's disk and key functions.
#include "vmctl/boot_plan.hpp"

#include "vmctl/boot2docker_image.hpp"
#include "vmctl/console_line.hpp"
#include "vmctl/domain_metadata.hpp"
#include "vmctl/grown_disk.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/image.hpp"
#include "vmctl/pki.hpp"
#include "vmctl/settings_catch_up.hpp"
#include "vmctl/storage_error.hpp"

#include <system_error>
#include <utility>

namespace vmctl {

namespace {

// Completes the spec with what is in the image.
std::function<void(domain_spec&)> work_on_boot2docker(const config::settings& settings)
{
    return [wanted = *settings.vm.boot2docker,
            directory = boot2docker_directory_in(settings.state_dir)](domain_spec& spec) {
        const auto found = ensure_boot2docker_image(wanted, directory);
        spec.kernel = found.kernel;
        spec.initrd = found.initrd;
        spec.root_image.clear();
        spec.command_line = found.command_line;
        spec.image_identity = wanted.sha256;
    };
}

std::function<void(domain_spec&)> work_on_image(
    const std::filesystem::path& directory, const std::optional<image_store>& images
)
{
    return [directory, images](domain_spec& spec) {
        if (images) images->mend();
        const auto found = load_image(directory);
        spec.kernel = found.kernel;
        spec.initrd = found.initrd;
        spec.root_image = found.root;
        spec.command_line = found.command_line;
        if (found.iso) spec.iso = *found.iso;
        spec.image_identity = identity_of(found);
    };
}

}  // namespace

std::filesystem::path serial_log_in(const std::filesystem::path& state_dir)
{
    return state_dir / "serial.log";
}

std::filesystem::path image_record_in(const std::filesystem::path& state_dir)
{
    return state_dir / "image";
}

boot_plan make_boot_plan(const config::settings& settings, std::string version)
{
    boot_plan plan;
    plan.spec.name = domain_name(settings.instance);
    plan.spec.version = std::move(version);
    plan.spec.cpus = settings.vm.cpus;
    plan.spec.memory = settings.vm.memory;
    plan.spec.engine_port = settings.vm.engine_port;
    for (const auto& share : settings.shares)
        plan.spec.shares.push_back(config::placed_in_guest(share));
    plan.spec.data_disk = data_disk_in(settings.state_dir);
    plan.spec.serial_log = serial_log_in(settings.state_dir);
    plan.spec.serial_socket = serial_socket_in(settings.state_dir);
    plan.libvirt_uri = settings.vm.libvirt_uri;
    plan.accelerate = settings.vm.accelerate;
    plan.boot_timeout = settings.vm.boot_timeout;
    plan.shutdown_timeout = settings.vm.shutdown_timeout;
    plan.when_daemon_exits = settings.vm.when_daemon_exits;
    plan.sleep = settings.sleep;
    plan.engine_tls = client_identity(pki_directory_in(settings.state_dir));

    host_stage image{"image", {}, /* only_describes= */ true};
    if (settings.vm.boot2docker) {
        image.work = work_on_boot2docker(settings);
    } else {
        const auto& directory = settings.vm.image;
        if (!directory.empty())
            plan.images.emplace(std::filesystem::absolute(directory).lexically_normal());
        image.work = work_on_image(directory, plan.images);
    }
    plan.stages.push_back(std::move(image));
    plan.stages.push_back(
        {"files",
         [state_dir = settings.state_dir,
          instance = settings.instance,
          size = settings.vm.disk,
          engine = settings.engine,
          kind = settings.vm.boot2docker ? guest_kind::boot2docker
                                         : guest_kind::appliance](domain_spec& spec) {
             check_console_place(spec.serial_socket);
             prepare_guest_files(
                 state_dir,
                 instance,
                 disk_size_in(state_dir, size),
                 spec.shares,
                 guest_settings_of(engine),
                 std::chrono::system_clock::now(),
                 kind
             );
         }}
    );
    plan.start_times.emplace(start_record_in(settings.state_dir));
    plan.catch_up = [state_dir = settings.state_dir, engine = settings.engine](hypervisor& host) {
        return catch_up_with_settings(host, state_dir, engine);
    };
    plan.before_adoption = [directory = pki_directory_in(settings.state_dir)] {
        ensure_pki(directory, std::chrono::system_clock::now(), pki_scope::client_only);
    };
    plan.grow_disk = [state_dir = settings.state_dir](hypervisor& host, config::byte_size size) {
        grow_disk(host, state_dir, size);
    };
    plan.delete_files = [state_dir = settings.state_dir](bool keep_data) {
        if (!keep_data) delete_guest_files(state_dir);
        std::error_code stays;  // which does no harm
        std::filesystem::remove(serial_log_in(state_dir), stays);
        std::filesystem::remove(start_record_in(state_dir), stays);
        // A VM that was deleted is not made again for a new image.
        std::filesystem::remove(image_record_in(state_dir), stays);
    };
    return plan;
}

accelerator choose_accelerator(
    hypervisor& host, config::acceleration wanted, const std::string& uri
)
{
    if (host.supports(accelerator::virtualbox)) {
        if (wanted == config::acceleration::automatic) return accelerator::virtualbox;
        throw hypervisor_error(
            hypervisor_problem::no_accelerator,
            "VirtualBox runs the VM's processors in its own way; set vm.acceleration to "
            "\"automatic\""
        );
    }
    if (!host.supports(accelerator::emulation)) {
        throw describe(hypervisor_problem::no_emulator, uri, {});
    }
    const auto demand = [&host](accelerator way, const char* name) {
        if (!host.supports(way)) throw describe(hypervisor_problem::no_accelerator, name, {});
        return way;
    };
    switch (wanted) {
        case config::acceleration::kvm:
            return demand(accelerator::kvm, "kvm");
        case config::acceleration::hvf:
            return demand(accelerator::hvf, "hvf");
        case config::acceleration::emulation:
            return accelerator::emulation;
        case config::acceleration::automatic:
            break;
    }
    if (host.supports(accelerator::kvm)) return accelerator::kvm;
    if (host.supports(accelerator::hvf)) return accelerator::hvf;
    return accelerator::emulation;
}

}  // namespace vmctl
