// Hears of a VM in VirtualBox, which tells nobody, by asking for its state from time to time: on a
// thread of its own, and only while the VM's power is on as far as we know.
#pragma once

#include "vmctl/hypervisor.hpp"
#include "vmctl/virtualbox_words.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace vmctl {

// What there is to tell of a VM whose state was `before` and is `now`. Pure. Nothing: it is of no
// interest.
std::optional<domain_event> event_between(virtualbox_state before, virtualbox_state now);

class virtualbox_watch {
public:
    // `look` gives the VM's state; it may throw hypervisor_error, and must end soon after it is
    // asked to stop. Throws std::system_error when no thread can be had.
    virtualbox_watch(
        std::function<virtualbox_state(const std::stop_token&)> look,
        std::chrono::milliseconds interval
    );
    virtualbox_watch(const virtualbox_watch&) = delete;
    virtualbox_watch& operator=(const virtualbox_watch&) = delete;
    ~virtualbox_watch() = default;

    // As hypervisor::watch().
    void tell(std::function<void(domain_event)> observer);

    // What somebody has just seen: watching begins with it, if the power is on. While it goes on
    // already, a change is left for the watch to see and tell.
    void saw(virtualbox_state state);

    // Nothing is told until the next saw().
    void rest();

    // While it lives we change the VM ourselves, which is nothing to tell.
    class own_change {
    public:
        explicit own_change(virtualbox_watch& watch);
        own_change(const own_change&) = delete;
        own_change& operator=(const own_change&) = delete;
        // Without leads_to(), the VM is taken to be as it was.
        ~own_change();

        void leads_to(virtualbox_state state) { after_ = state; }

    private:
        virtualbox_watch& watch_;
        std::optional<virtualbox_state> after_;
    };

private:
    void set(std::optional<virtualbox_state> known);
    void run(const std::stop_token& is_over);
    void look_once(std::unique_lock<std::mutex>& lock, const std::stop_token& is_over);

    const std::function<virtualbox_state(const std::stop_token&)> look_;
    const std::chrono::milliseconds interval_;
    std::mutex observer_guard_;
    std::function<void(domain_event)> observer_;
    std::mutex guard_;
    std::condition_variable_any changed_;
    std::optional<virtualbox_state> known_;  // nothing: it is not watched
    std::uint64_t changes_ = 0;  // of ours; a look during which it grew counts for nothing
    std::jthread thread_;        // last: it uses all of them
};

}  // namespace vmctl
