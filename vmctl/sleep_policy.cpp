// One look at the facts, from the deepest sleep to the lightest.
#include "vmctl/sleep_policy.hpp"

#include <algorithm>
#include <array>

namespace vmctl {

namespace {

using std::chrono::steady_clock;

// For requests that are over soon.
constexpr auto moment = std::chrono::seconds(1);

struct level {
    sleep_depth depth;
    std::chrono::seconds after;
    bool possible;
};

bool containers_hold(const config::sleep_settings& settings, const vm_use& use)
{
    return !settings.with_containers && use.containers != std::size_t{0};
}

// One that cannot be saved is shut down in its place: it would hold its memory for ever.
std::chrono::seconds off_after(const config::sleep_settings& settings, const vm_use& use)
{
    constexpr auto never = std::chrono::seconds(0);
    if (use.can_be_saved || settings.save_after == never) return settings.off_after;
    if (settings.off_after == never) return settings.save_after;
    return std::min(settings.off_after, settings.save_after);
}

std::string count(std::size_t number, const std::string& one, const std::string& many)
{
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

}  // namespace

sleep_decision decide_sleep(
    const config::sleep_settings& settings,
    const vm_use& use,
    sleep_depth now_at,
    steady_clock::time_point now
)
{
    const bool held = use.active > 0 || use.waiting > 0 || containers_hold(settings, use);
    if (held) return {now_at, std::nullopt};
    const std::array levels = {
        // Whatever ran in it would end.
        level{sleep_depth::off, off_after(settings, use), use.containers == std::size_t{0}},
        // A stream would be cut off.
        level{sleep_depth::saved, settings.save_after, use.can_be_saved && use.watching == 0},
        level{sleep_depth::paused, settings.pause_after, true},
    };
    sleep_decision decision{now_at, std::nullopt};
    for (const auto& each : levels) {
        const bool wanted = each.after > each.after.zero() && each.possible;
        // A VM that is saved holds no more than its file, and would have to be woken to be off.
        if (!wanted || each.depth <= now_at || now_at == sleep_depth::saved) continue;
        const auto due = use.idle_since + each.after;
        if (due > now) {
            decision.ask_again = std::min(decision.ask_again.value_or(due), due);
            continue;
        }
        // An answer that is on its way would wait for the next wake.
        if (use.passive > 0) return {now_at, now + moment};
        decision.depth = std::max(decision.depth, each.depth);
    }
    return decision;
}

std::vector<std::string> obstacles_to_sleep(
    const config::sleep_settings& settings, const vm_use& use
)
{
    std::vector<std::string> all;
    if (use.active > 0)
        all.push_back(
            count(use.active, "request or stream uses", "requests or streams use") + " the engine"
        );
    if (use.waiting > 0)
        all.push_back(count(use.waiting, "client waits", "clients wait") + " for the engine");
    if (containers_hold(settings, use)) {
        all.push_back(
            use.containers ? count(*use.containers, "container runs", "containers run")
                           : "it is not known yet whether containers run"
        );
    }
    return all;
}

}  // namespace vmctl
