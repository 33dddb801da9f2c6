// Decides whether a VM whose image is another now is booted before anybody asks. Pure.
#pragma once

#include "config/settings.hpp"
#include "vmctl/lifecycle.hpp"

#include <cstddef>
#include <optional>

namespace vmctl {

// What a VM that does not run is off for.
enum class off_by { nobody, idleness, user };

// `containers` of a VM that is saved; nothing: not known. What runs in it stays for as long as the
// former image may come back; a VM that its user has stopped or deleted stays so; and one that is
// never to be saved would only run for nobody.
inline bool boots_for_new_image(
    vm_state state,
    off_by why,
    std::optional<std::size_t> containers,
    const config::sleep_settings& settings
)
{
    if (settings.save_after == std::chrono::seconds(0)) return false;
    switch (state) {
        case vm_state::absent:
            return why != off_by::user;
        case vm_state::saved:
            return containers.value_or(0) == 0;
        case vm_state::stopped:
            return why == off_by::idleness;
        default:
            return false;
    }
}

}  // namespace vmctl
