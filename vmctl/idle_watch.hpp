// Counts who uses the VM, and says when it is time to sleep. One timer, which runs only while a
// sleep is due some day.
#pragma once

#include "vmctl/engine.hpp"
#include "vmctl/sleep_policy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vmctl {

// Lives on the loop, as does `due`, which is called with the sleep to go to; it may not come about.
class idle_watch {
public:
    idle_watch(
        const boost::asio::any_io_executor& executor,
        config::sleep_settings settings,
        std::function<void(sleep_depth)> due
    );

    void began(activity kind);
    void ended(activity kind);

    // A client waits for the engine until ended_waiting().
    void began_waiting();
    void ended_waiting();

    // Nothing: not known.
    void containers_run(std::optional<std::size_t> number);

    // What the VM does now; nothing: it neither runs nor sleeps, and cannot be sent to sleep.
    void vm_is(std::optional<sleep_depth> depth);

    // Saving has failed; it is tried again after the VM was used.
    void could_not_be_saved();

    const vm_use& use() const { return use_; }

    std::vector<std::string> obstacles() const { return obstacles_to_sleep(settings_, use_); }

    // For good.
    void stop();

private:
    void look();
    void used();
    std::size_t& counter(activity kind);

    const config::sleep_settings settings_;
    const std::function<void(sleep_depth)> due_;
    vm_use use_;
    std::optional<sleep_depth> depth_;
    bool stopped_ = false;
    boost::asio::steady_timer timer_;
    std::optional<std::chrono::steady_clock::time_point> set_for_;  // when the timer is set
};

}  // namespace vmctl
