// The supervisor and the hypervisor that it stands on, as the settings want them.
#pragma once

#include "config/settings.hpp"
#include "gangwayd/chosen_hypervisor.hpp"
#include "gangwayd/version.hpp"
#include "proxy/dialer.hpp"
#include "proxy/engine_probe.hpp"
#include "vmctl/boot_plan.hpp"
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
        : host(chosen_hypervisor(settings)),
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

    std::unique_ptr<vmctl::hypervisor> host;
    vmctl::supervisor supervisor;
};
