// The supervisor and the hypervisor that it stands on, as the settings want them.
#pragma once

#include "config/settings.hpp"
#include "gangwayd/version.hpp"
#include "proxy/dialer.hpp"
#include "proxy/engine_probe.hpp"
#include "vmctl/boot_plan.hpp"
#include "vmctl/console_guest.hpp"
#include "vmctl/domain_metadata.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/libvirt_hypervisor.hpp"
#include "vmctl/packed_memory.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <utility>

// In the order of their making. `dialer` must outlive it.
struct virtual_machine {
    virtual_machine(
        const boost::asio::any_io_executor& executor,
        const config::settings& settings,
        proxy::dialer& dialer
    )
        : host(hypervisor_of(settings)),
          supervisor(
              executor,
              *host,
              vmctl::make_boot_plan(settings, gangway_version),
              [&dialer](vmctl::engine_address address) {
                  return proxy::probe_engine(dialer, std::move(address));
              }
          )
    {
    }

    static std::unique_ptr<vmctl::hypervisor> hypervisor_of(const config::settings& settings)
    {
        auto host = vmctl::make_libvirt_hypervisor(
            settings.vm.libvirt_uri,
            vmctl::domain_name(settings.instance),
            vmctl::data_disk_in(settings.state_dir),
            vmctl::memory_of(settings)
        );
        if (!settings.vm.boot2docker) return host;
        return vmctl::make_console_guest(
            std::move(host), vmctl::serial_socket_in(settings.state_dir)
        );
    }

    std::unique_ptr<vmctl::hypervisor> host;
    vmctl::supervisor supervisor;
};
