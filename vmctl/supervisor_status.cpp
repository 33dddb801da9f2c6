// What the supervisor tells of itself, and whom.
#include "vmctl/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace vmctl {

namespace {

std::optional<sleep_depth> depth_of(vm_state state)
{
    switch (state) {
        case vm_state::ready:
            return sleep_depth::awake;
        case vm_state::paused:
            return sleep_depth::paused;
        case vm_state::saved:
            return sleep_depth::saved;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::string to_string(const requester& who)
{
    // No process of this machine that we know of.
    if (who.pid == 0) return who.request;
    auto text = who.command.empty() ? std::string("a client") : who.command;
    const auto user = who.user.empty() ? "uid " + std::to_string(who.uid) : "user " + who.user;
    text += " (pid " + std::to_string(who.pid) + ", " + user + ")";
    if (!who.request.empty()) text += ": " + who.request;
    return text;
}

vm_status supervisor::status() const
{
    vm_status now;
    now.state = lifecycle_.state();
    now.since = since_;
    now.started_for = started_for_;
    now.stopped_by = stopped_by_;
    now.failure = lifecycle_.failure();
    if (vm_ && (now.state == vm_state::ready || now.state == vm_state::paused)) {
        now.engine_port = vm_->engine_port;
        now.ssh_port = vm_->ssh_port;
        now.process_id = vm_->process_id;
        now.shares = vm_->shares;
        now.restart_for = boot_->restart_for();
    }
    now.use = idle_.use();
    now.awake_because = idle_.obstacles();
    now.history.assign(history_.begin(), history_.end());
    if (boot_) now.timeline = boot_->timeline();
    return now;
}

subscription supervisor::subscribe(std::function<void(const stage_event&)> observer)
{
    const auto place = observers_.insert(observers_.end(), std::move(observer));
    return subscription([this, place] { observers_.erase(place); });
}

void supervisor::on_engine_ready(std::function<void(const engine_address&)> told)
{
    told_of_readiness_ = std::move(told);
}

void supervisor::on_engine_lost(std::function<void(const std::string&)> told)
{
    told_of_loss_ = std::move(told);
}

void supervisor::on_engine_leaving(std::function<void(sleep_depth)> told)
{
    told_of_leaving_ = std::move(told);
}

void supervisor::on_engine_back(std::function<void()> told)
{
    told_of_return_ = std::move(told);
}

void supervisor::on_engine_asleep(std::function<void()> told)
{
    told_of_sleep_ = std::move(told);
}

void supervisor::on_engine_found_asleep(std::function<void()> told)
{
    told_of_finding_ = std::move(told);
}

void supervisor::on_engine_removed(std::function<void()> told)
{
    told_of_removal_ = std::move(told);
}

void supervisor::note(
    std::string what, std::string why, std::chrono::steady_clock::time_point began
)
{
    constexpr std::size_t remembered = 50;
    const auto took = std::chrono::steady_clock::now() - began;
    history_.push_back(
        {std::chrono::system_clock::now(),
         std::move(what),
         std::move(why),
         std::chrono::round<std::chrono::milliseconds>(took)}
    );
    if (history_.size() > remembered) history_.pop_front();
}

void supervisor::note_state()
{
    if (lifecycle_.state() != vm_state::paused) process_.reset();
    idle_.vm_is(depth_of(lifecycle_.state()));
    if (std::exchange(noted_state_, lifecycle_.state()) == lifecycle_.state()) return;
    since_ = std::chrono::system_clock::now();
    spdlog::debug("the VM is {}", to_string(noted_state_));
    tell_of_change();
}

}  // namespace vmctl
