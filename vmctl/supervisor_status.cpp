// What the supervisor tells of itself, and whom.
#include "vmctl/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace vmctl {

std::string to_string(const requester& who)
{
    auto text = who.command.empty() ? std::string("a client") : who.command;
    text += " (pid " + std::to_string(who.pid) + ", uid " + std::to_string(who.uid) + ")";
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
    if (vm_ && now.state == vm_state::ready) {
        now.engine_port = vm_->engine_port;
        now.ssh_port = vm_->ssh_port;
        now.process_id = vm_->process_id;
        now.shares = vm_->shares;
    }
    now.active_leases = active_leases_;
    now.passive_leases = passive_leases_;
    now.waiting = waiting_;
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

void supervisor::on_engine_leaving(std::function<void()> told)
{
    told_of_leaving_ = std::move(told);
}

void supervisor::note_state()
{
    if (std::exchange(noted_state_, lifecycle_.state()) == lifecycle_.state()) return;
    since_ = std::chrono::system_clock::now();
    spdlog::debug("the VM is {}", to_string(noted_state_));
}

}  // namespace vmctl
