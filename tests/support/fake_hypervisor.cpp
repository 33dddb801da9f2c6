// The fake domain's behaviour.
#include "tests/support/fake_hypervisor.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

namespace test_support {

using namespace vmctl;

void fake_hypervisor::guest_prints_at_power_on(std::string text)
{
    const std::lock_guard lock(guard_);
    boot_text_ = std::move(text);
}

void fake_hypervisor::guest_prints(const std::string& text)
{
    const std::lock_guard lock(guard_);
    append_to_console(text);
}

void fake_hypervisor::engine_answers(bool answers)
{
    const std::lock_guard lock(guard_);
    engine_answers_ = answers;
}

void fake_hypervisor::guest_ignores_power_button()
{
    const std::lock_guard lock(guard_);
    ignores_button_ = true;
}

void fake_hypervisor::die(stop_cause why)
{
    std::unique_lock lock(guard_);
    power_off(lock, why);
}

void fake_hypervisor::dies_at_power_on()
{
    const std::lock_guard lock(guard_);
    dies_at_power_on_ = true;
}

void fake_hypervisor::tell(domain_event event)
{
    const std::lock_guard lock(guard_);
    if (observer_) observer_(event);
}

void fake_hypervisor::runs_already(std::optional<running_vm> adoptable)
{
    const std::lock_guard lock(guard_);
    on_ = true;
    adoptable_ = adoptable;
}

void fake_hypervisor::is_saved(domain_spec spec)
{
    const std::lock_guard lock(guard_);
    spec_ = std::move(spec);
    saved_ = true;
}

void fake_hypervisor::next_in_guest(guest_result result)
{
    const std::lock_guard lock(guard_);
    next_in_guest_ = std::move(result);
}

void fake_hypervisor::is_taken()
{
    const std::lock_guard lock(guard_);
    on_ = true;
    taken_ = true;
}

void fake_hypervisor::fail_next(const std::string& call, hypervisor_error error)
{
    const std::lock_guard lock(guard_);
    failures_.insert_or_assign(call, std::move(error));
}

void fake_hypervisor::hold(const std::string& call)
{
    const std::lock_guard lock(guard_);
    held_call_ = call;
}

void fake_hypervisor::release()
{
    const std::lock_guard lock(guard_);
    held_call_.clear();
    released_.notify_all();
}

void fake_hypervisor::guest_is_silent()
{
    const std::lock_guard lock(guard_);
    guest_listens_ = false;
}

void fake_hypervisor::is_too_late_to_call_off()
{
    const std::lock_guard lock(guard_);
    too_late_ = true;
}

void fake_hypervisor::supports_only(std::set<accelerator> ways)
{
    const std::lock_guard lock(guard_);
    ways_ = std::move(ways);
}

std::vector<std::string> fake_hypervisor::calls() const
{
    const std::lock_guard lock(guard_);
    return calls_;
}

std::size_t fake_hypervisor::count(const std::string& call) const
{
    const std::lock_guard lock(guard_);
    return static_cast<std::size_t>(std::count(calls_.begin(), calls_.end(), call));
}

std::vector<std::string> fake_hypervisor::last_in_guest() const
{
    const std::scoped_lock lock(guard_);
    return last_in_guest_;
}

config::byte_size fake_hypervisor::disk_size() const
{
    const std::scoped_lock lock(guard_);
    return disk_size_;
}

bool fake_hypervisor::is_on() const
{
    const std::lock_guard lock(guard_);
    return on_;
}

bool fake_hypervisor::is_paused() const
{
    const std::lock_guard lock(guard_);
    return on_ && paused_;
}

bool fake_hypervisor::is_saved() const
{
    const std::lock_guard lock(guard_);
    return saved_;
}

bool fake_hypervisor::is_held() const
{
    const std::lock_guard lock(guard_);
    return held_;
}

bool fake_hypervisor::does_engine_answer() const
{
    const std::lock_guard lock(guard_);
    return on_ && engine_answers_;
}

domain_spec fake_hypervisor::defined() const
{
    const std::lock_guard lock(guard_);
    return spec_.value();
}

power fake_hypervisor::state()
{
    std::unique_lock lock(guard_);
    enter(lock, "state");
    if (taken_) throw describe(hypervisor_problem::taken, "gangway-test", "/other/disk.img");
    if (on_) return power::on;
    if (saved_) return power::saved;
    return spec_ ? power::off : power::absent;
}

bool fake_hypervisor::supports(accelerator way)
{
    const std::lock_guard lock(guard_);
    return ways_.contains(way);
}

void fake_hypervisor::define(const domain_spec& spec)
{
    std::unique_lock lock(guard_);
    enter(lock, "define");
    spec_ = spec;
}

running_vm fake_hypervisor::power_on()
{
    std::unique_lock lock(guard_);
    enter(lock, "power_on");
    on_ = true;
    paused_ = saved_ = false;
    std::ofstream(spec_.value().serial_log, std::ios::trunc) << boot_text_;
    if (std::exchange(dies_at_power_on_, false)) power_off(lock, stop_cause::killed);
    auto vm = running;
    vm.shares = spec_->shares;
    return vm;
}

std::optional<running_vm> fake_hypervisor::adopt()
{
    std::unique_lock lock(guard_);
    enter(lock, "adopt");
    paused_ = false;
    return adoptable_;
}

std::optional<running_vm> fake_hypervisor::restore(const domain_spec& spec)
{
    std::unique_lock lock(guard_);
    enter(lock, "restore");
    if (spec.image_identity != spec_.value().image_identity) return std::nullopt;
    on_ = true;
    saved_ = false;
    return running;
}

void fake_hypervisor::discard_saved()
{
    std::unique_lock lock(guard_);
    enter(lock, "discard_saved");
    saved_ = false;
}

std::uint16_t fake_hypervisor::forward(const guest_port& port)
{
    std::unique_lock lock(guard_);
    enter(lock, "forward");
    const auto found = std::ranges::find(forwards_, port);
    const auto place = found - forwards_.begin();
    if (found == forwards_.end()) forwards_.push_back(port);
    return static_cast<std::uint16_t>(first_forward + place);
}

void fake_hypervisor::end_forward(const guest_port&)
{
    std::unique_lock lock(guard_);
    enter(lock, "end_forward");
}

void fake_hypervisor::pause(std::stop_token)
{
    std::unique_lock lock(guard_);
    enter(lock, "pause");
    if (!on_) throw describe(hypervisor_problem::refused, "pause gangway-test", "it is off");
    paused_ = true;
    if (observer_) observer_({domain_event::kind::paused, stop_cause::unknown});
}

void fake_hypervisor::resume()
{
    std::unique_lock lock(guard_);
    enter(lock, "resume");
    paused_ = false;
}

void fake_hypervisor::save(std::stop_token call_off)
{
    std::unique_lock lock(guard_);
    enter(lock, "save");
    end_if(call_off, "save");
    if (!on_) throw describe(hypervisor_problem::refused, "save gangway-test", "it is off");
    saved_ = true;
    power_off(lock, stop_cause::unknown);
}

void fake_hypervisor::set_guest_clock()
{
    std::unique_lock lock(guard_);
    enter(lock, "set_guest_clock");
    if (!on_) throw describe(hypervisor_problem::refused, "ask the guest's agent", "it is off");
}

bool fake_hypervisor::guest_listens(std::chrono::milliseconds)
{
    std::unique_lock lock(guard_);
    enter(lock, "guest_listens");
    return guest_listens_;
}

guest_result fake_hypervisor::run_in_guest(
    const std::vector<std::string>& command, std::chrono::milliseconds, std::stop_token call_off
)
{
    std::unique_lock lock(guard_);
    last_in_guest_ = command;
    enter(lock, command.front());
    end_if(call_off, command.front());
    if (!on_) throw describe(hypervisor_problem::refused, "ask the guest's agent", "it is off");
    return std::exchange(next_in_guest_, {});
}

void fake_hypervisor::resize_data_disk(config::byte_size size)
{
    std::unique_lock lock(guard_);
    enter(lock, "resize_data_disk");
    disk_size_ = size;
}

void fake_hypervisor::ask_to_shut_down()
{
    std::unique_lock lock(guard_);
    enter(lock, "ask_to_shut_down");
    if (!ignores_button_) power_off(lock, stop_cause::shut_down);
}

void fake_hypervisor::cut_power()
{
    std::unique_lock lock(guard_);
    enter(lock, "cut_power");
    power_off(lock, stop_cause::destroyed);
}

void fake_hypervisor::undefine()
{
    std::unique_lock lock(guard_);
    enter(lock, "undefine");
    spec_.reset();
}

void fake_hypervisor::watch(std::function<void(domain_event)> observer)
{
    const std::lock_guard lock(guard_);
    observer_ = std::move(observer);
}

void fake_hypervisor::disconnect()
{
    std::unique_lock lock(guard_);
    enter(lock, "disconnect");
    connected_ = false;
}

void fake_hypervisor::enter(std::unique_lock<std::mutex>& lock, const std::string& call)
{
    calls_.push_back(call);
    connected_ = true;
    if (held_call_ == call) {
        held_ = true;
        released_.wait(lock, [this] { return held_call_.empty(); });
        held_ = false;
    }
    if (const auto failure = failures_.find(call); failure != failures_.end()) {
        const auto error = failure->second;
        failures_.erase(failure);
        throw error;
    }
}

void fake_hypervisor::end_if(const std::stop_token& call_off, const std::string& call) const
{
    if (call_off.stop_requested() && !too_late_)
        throw describe(hypervisor_problem::called_off, call, {});
}

void fake_hypervisor::append_to_console(const std::string& text)
{
    std::ofstream(spec_.value().serial_log, std::ios::app) << text;
}

void fake_hypervisor::power_off(std::unique_lock<std::mutex>&, stop_cause why)
{
    if (!std::exchange(on_, false)) return;
    if (observer_ && connected_) observer_({domain_event::kind::power_off, why});
}

}  // namespace test_support
