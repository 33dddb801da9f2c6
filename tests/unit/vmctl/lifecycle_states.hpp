// A lifecycle in each of its states, with names for when a check fails.
#pragma once

#include "vmctl/lifecycle.hpp"

#include <ostream>

namespace vmctl {

inline std::ostream& operator<<(std::ostream& out, vm_state state)
{
    return out << to_string(state);
}

inline std::ostream& operator<<(std::ostream& out, vm_step step)
{
    switch (step) {
        case vm_step::none:
            return out << "none";
        case vm_step::start:
            return out << "start";
        case vm_step::doze:
            return out << "doze";
        case vm_step::wake:
            return out << "wake";
        case vm_step::stop:
            return out << "stop";
    }
    return out;
}

}  // namespace vmctl

namespace vmctl_test {

using namespace vmctl;

inline lifecycle in(vm_state state)
{
    lifecycle vm;
    switch (state) {
        case vm_state::absent:
            break;
        case vm_state::stopped:
            vm.found_off();
            break;
        case vm_state::booting:
            vm.start_requested();
            break;
        case vm_state::ready:
            vm.start_requested();
            vm.booted();
            break;
        case vm_state::dozing:
            vm.start_requested();
            vm.booted();
            vm.sleep_requested(sleep_depth::saved);
            break;
        case vm_state::paused:
            vm.start_requested();
            vm.booted();
            vm.sleep_requested(sleep_depth::paused);
            vm.fell_asleep(sleep_depth::paused);
            break;
        case vm_state::saved:
            vm.found_saved();
            break;
        case vm_state::waking:
            vm.start_requested();
            vm.booted();
            vm.was_paused();
            vm.start_requested();
            break;
        case vm_state::stopping:
            vm.start_requested();
            vm.booted();
            vm.stop_requested();
            break;
        case vm_state::failed:
            vm.start_requested();
            vm.boot_failed("no image");
            vm.halted();
            break;
    }
    return vm;
}

}  // namespace vmctl_test
