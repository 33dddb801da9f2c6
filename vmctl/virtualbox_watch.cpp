// A look, then a pause that ends early when there is something else to do.
#include "vmctl/virtualbox_watch.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace vmctl {

std::optional<domain_event> event_between(virtualbox_state before, virtualbox_state now)
{
    using enum virtualbox_state;
    using kind = domain_event::kind;
    if (now == before || now == other) return std::nullopt;
    if (now == paused) return domain_event{kind::paused, stop_cause::unknown};
    if (now == running) {
        if (before != paused) return std::nullopt;
        return domain_event{kind::resumed, stop_cause::unknown};
    }
    if (now == killed) return domain_event{kind::power_off, stop_cause::killed};
    if (now == stuck) return domain_event{kind::power_off, stop_cause::crashed};
    // By the guest, or by somebody in VirtualBox's window, which cannot be told apart.
    return domain_event{kind::power_off, stop_cause::unknown};
}

virtualbox_watch::virtualbox_watch(
    std::function<virtualbox_state(const std::stop_token&)> look, std::chrono::milliseconds interval
)
    : look_(std::move(look)),
      interval_(interval),
      thread_([this](const std::stop_token& is_over) { run(is_over); })
{
}

void virtualbox_watch::tell(std::function<void(domain_event)> observer)
{
    const std::scoped_lock lock(observer_guard_);
    observer_ = std::move(observer);
}

void virtualbox_watch::saw(virtualbox_state state)
{
    const std::scoped_lock lock(guard_);
    if (known_ || !has_power(state)) return;
    known_ = state;
    changed_.notify_all();
}

void virtualbox_watch::rest()
{
    set(std::nullopt);
}

void virtualbox_watch::set(std::optional<virtualbox_state> known)
{
    const std::scoped_lock lock(guard_);
    ++changes_;
    known_ = known && has_power(*known) ? known : std::nullopt;
    changed_.notify_all();
}

virtualbox_watch::own_change::own_change(virtualbox_watch& watch) : watch_(watch)
{
    {
        const std::scoped_lock lock(watch_.guard_);
        after_ = watch_.known_;
    }
    watch_.set(std::nullopt);
}

virtualbox_watch::own_change::~own_change()
{
    watch_.set(after_);
}

void virtualbox_watch::run(const std::stop_token& is_over)
{
    std::unique_lock lock(guard_);
    while (!is_over.stop_requested()) {
        if (!known_) {
            changed_.wait(lock, is_over, [this] { return known_.has_value(); });
            continue;
        }
        const auto changes = changes_;
        const auto is_other = [this, changes] { return changes_ != changes; };
        if (changed_.wait_for(lock, is_over, interval_, is_other)) continue;
        if (!is_over.stop_requested()) look_once(lock, is_over);
    }
}

void virtualbox_watch::look_once(std::unique_lock<std::mutex>& lock, const std::stop_token& is_over)
{
    const auto changes = changes_;
    const auto before = *known_;
    lock.unlock();
    std::optional<virtualbox_state> now;
    try {
        now = look_(is_over);
    } catch (const hypervisor_error& error) {
        spdlog::debug("the VM's state is not known: {}", error.what());
    }
    lock.lock();
    if (!now || changes_ != changes || *now == virtualbox_state::other) return;
    // One that is stuck will not run again, whatever its power is.
    const bool ended = !has_power(*now) || *now == virtualbox_state::stuck;
    known_ = ended ? std::nullopt : now;
    const auto event = event_between(before, *now);
    if (!event) return;
    lock.unlock();
    {
        const std::scoped_lock telling(observer_guard_);
        if (observer_) observer_(*event);
    }
    lock.lock();
}

}  // namespace vmctl
