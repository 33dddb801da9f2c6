// Gives a guest that runs with the settings of an earlier daemon what it can take over of today's.
#pragma once

#include "vmctl/engine_settings.hpp"
#include "vmctl/hypervisor.hpp"

#include <string>
#include <vector>

namespace vmctl {

// Blocking. Returns the settings that the guest will have when the VM has been restarted; empty: it
// has all of them. Containers go on. What goes wrong is logged, and stays for a restart.
std::vector<std::string> catch_up_with_settings(
    hypervisor& host,
    const std::filesystem::path& state_dir,
    const config::engine_settings& settings
);

}  // namespace vmctl
