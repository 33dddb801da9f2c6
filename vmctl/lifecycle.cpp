// The transitions of the table in lifecycle.hpp.
#include "vmctl/lifecycle.hpp"

#include <utility>

namespace vmctl {

std::string_view to_string(vm_state state)
{
    switch (state) {
        case vm_state::absent:
            return "absent";
        case vm_state::stopped:
            return "stopped";
        case vm_state::booting:
            return "booting";
        case vm_state::ready:
            return "ready";
        case vm_state::dozing:
            return "dozing";
        case vm_state::paused:
            return "paused";
        case vm_state::saved:
            return "saved";
        case vm_state::waking:
            return "waking";
        case vm_state::stopping:
            return "stopping";
        case vm_state::failed:
            return "failed";
    }
    return "unknown";
}

vm_step lifecycle::found_absent()
{
    examined_ = true;
    return vm_step::none;
}

vm_step lifecycle::found_off()
{
    if (!std::exchange(examined_, true)) state_ = vm_state::stopped;
    return vm_step::none;
}

vm_step lifecycle::found_saved()
{
    if (!std::exchange(examined_, true)) state_ = vm_state::saved;
    return vm_step::none;
}

vm_step lifecycle::found_running()
{
    if (std::exchange(examined_, true)) return vm_step::none;
    return begin_boot();
}

void lifecycle::examination_failed(std::string reason)
{
    if (std::exchange(examined_, true)) return;
    state_ = vm_state::failed;
    failure_ = std::move(reason);
}

vm_step lifecycle::start_requested()
{
    switch (state_) {
        case vm_state::absent:
        case vm_state::stopped:
        case vm_state::saved:
        case vm_state::failed:
            died_once_ = false;
            return begin_boot();
        case vm_state::paused:
            state_ = vm_state::waking;
            return vm_step::wake;
        case vm_state::dozing:
        case vm_state::stopping:
            come_back_ = true;
            return vm_step::none;
        case vm_state::booting:
        case vm_state::ready:
        case vm_state::waking:
            return vm_step::none;
    }
    return vm_step::none;
}

vm_step lifecycle::stop_requested()
{
    switch (state_) {
        case vm_state::booting:
        case vm_state::ready:
        case vm_state::dozing:
        case vm_state::paused:
        case vm_state::saved:
        case vm_state::waking:
            return begin_stop(/* come_back= */ false);
        case vm_state::stopping:
            come_back_ = false;
            return vm_step::none;
        case vm_state::failed:
            failure_.clear();
            return begin_stop(/* come_back= */ false);
        case vm_state::absent:
        case vm_state::stopped:
            return vm_step::none;
    }
    return vm_step::none;
}

vm_step lifecycle::restart_requested()
{
    switch (state_) {
        case vm_state::booting:
        case vm_state::ready:
        case vm_state::dozing:
        case vm_state::paused:
        case vm_state::saved:
        case vm_state::waking:
            return begin_stop(/* come_back= */ true);
        case vm_state::absent:
        case vm_state::stopped:
        case vm_state::failed:
        case vm_state::stopping:
            return start_requested();
    }
    return vm_step::none;
}

void lifecycle::booted()
{
    if (state_ != vm_state::booting) return;
    state_ = vm_state::ready;
    died_once_ = false;
}

vm_step lifecycle::boot_failed(std::string reason)
{
    if (state_ != vm_state::booting) return vm_step::none;
    failure_ = std::move(reason);
    died_once_ = false;
    return begin_stop(/* come_back= */ false);
}

vm_step lifecycle::sleep_requested(sleep_depth depth)
{
    const bool deeper = state_ == vm_state::paused && depth == sleep_depth::saved;
    if (state_ != vm_state::ready && !deeper) return vm_step::none;
    come_back_ = false;
    state_ = vm_state::dozing;
    return vm_step::doze;
}

vm_step lifecycle::fell_asleep(sleep_depth depth)
{
    if (state_ != vm_state::dozing) return vm_step::none;
    state_ = depth == sleep_depth::paused ? vm_state::paused : vm_state::saved;
    return std::exchange(come_back_, false) ? start_requested() : vm_step::none;
}

void lifecycle::stayed_up()
{
    if (state_ != vm_state::dozing) return;
    come_back_ = false;
    state_ = vm_state::ready;
}

void lifecycle::was_paused()
{
    if (state_ == vm_state::ready) state_ = vm_state::paused;
}

void lifecycle::woke()
{
    if (state_ == vm_state::waking) state_ = vm_state::ready;
}

void lifecycle::stayed_paused()
{
    if (state_ == vm_state::waking) state_ = vm_state::paused;
}

void lifecycle::stayed_saved()
{
    if (state_ == vm_state::booting) state_ = vm_state::saved;
}

vm_step lifecycle::died()
{
    switch (state_) {
        case vm_state::waking:
            state_ = vm_state::stopped;
            return start_requested();
        case vm_state::dozing:
        case vm_state::ready:
        case vm_state::paused:
            state_ = vm_state::stopped;
            return std::exchange(come_back_, false) ? start_requested() : vm_step::none;
        default:
            return vm_step::none;
    }
}

vm_step lifecycle::died_in_boot(std::string reason)
{
    if (state_ != vm_state::booting) return vm_step::none;
    if (std::exchange(died_once_, true)) return boot_failed(std::move(reason));
    return begin_stop(/* come_back= */ true);
}

vm_step lifecycle::halted()
{
    if (state_ != vm_state::stopping) return vm_step::none;
    if (std::exchange(come_back_, false)) return begin_boot();
    state_ = failure_.empty() ? vm_state::stopped : vm_state::failed;
    return vm_step::none;
}

bool lifecycle::removed()
{
    switch (state_) {
        case vm_state::absent:
        case vm_state::stopped:
        case vm_state::failed:
            state_ = vm_state::absent;
            failure_.clear();
            return true;
        default:
            return false;
    }
}

void lifecycle::halt_failed(std::string reason)
{
    if (state_ != vm_state::stopping) return;
    come_back_ = false;
    // Why a start failed tells more than that its remains could not be cleared away.
    if (failure_.empty()) failure_ = std::move(reason);
    state_ = vm_state::failed;
}

vm_step lifecycle::begin_boot()
{
    examined_ = true;
    failure_.clear();
    state_ = vm_state::booting;
    return vm_step::start;
}

vm_step lifecycle::begin_stop(bool come_back)
{
    come_back_ = come_back;
    state_ = vm_state::stopping;
    return vm_step::stop;
}

}  // namespace vmctl
