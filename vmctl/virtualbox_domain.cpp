// Each of them is one run of VBoxManage, or a few.
#include "vmctl/virtualbox_domain.hpp"

#include <spdlog/spdlog.h>

#include <thread>
#include <utility>

namespace vmctl {

virtualbox_domain::virtualbox_domain(
    std::string name, virtualbox_program program, virtualbox_times times
)
    : name_(std::move(name)), program_(std::move(program)), times_(times)
{
}

std::optional<virtualbox_machine> virtualbox_domain::find(const std::stop_token& stop) const
{
    const auto doing = "look at " + name_;
    std::string text;
    try {
        text = program_.run(doing, {"showvminfo", name_, "--machinereadable"}, times_.call, stop);
    } catch (const virtualbox_refusal& refusal) {
        if (refusal.code() == virtualbox_knows_no_such_vm) return std::nullopt;
        throw;
    }
    auto machine = parse_machine(text);
    if (!machine) throw virtualbox_refusal(doing, "it does not tell the VM's state", {});
    return machine;
}

virtualbox_state virtualbox_domain::state(const std::stop_token& stop) const
{
    const auto machine = find(stop);
    return machine ? machine->state : virtualbox_state::off;
}

virtualbox_machine virtualbox_domain::existing() const
{
    auto machine = find();
    if (machine) return *std::move(machine);
    throw virtualbox_refusal("find " + name_, "it was removed", {});
}

virtualbox_domain::notes virtualbox_domain::noted() const
{
    const auto doing = "look at " + name_;
    return parse_extra_data(program_.run(doing, {"getextradata", name_, "enumerate"}, times_.call));
}

void virtualbox_domain::change(const std::string& doing, const virtualbox_command& command) const
{
    for (int left = times_.busy_tries;; --left) {
        try {
            program_.run(doing, command, times_.call);
            return;
        } catch (const virtualbox_refusal& refusal) {
            if (left <= 0 || refusal.code() != virtualbox_is_busy_with_it) throw;
        }
        std::this_thread::sleep_for(times_.busy_pause);
    }
}

void virtualbox_domain::try_to_change(const virtualbox_command& command) const
{
    try {
        change("set an option of " + name_, command);
    } catch (const virtualbox_refusal& refusal) {
        spdlog::debug("{}", refusal.what());
    }
}

bool virtualbox_domain::control(const std::string& doing, const std::vector<std::string>& words)
    const
{
    virtualbox_command command = {"controlvm", name_};
    command.insert(command.end(), words.begin(), words.end());
    try {
        program_.run(doing, command, times_.call);
        return true;
    } catch (const virtualbox_refusal&) {
        if (has_power(state())) throw;
        return false;
    }
}

bool virtualbox_domain::resume_if_paused() const
{
    if (state() != virtualbox_state::paused) return false;
    return control("resume " + name_, {"resume"});
}

void virtualbox_domain::start(const std::string& doing) const
{
    program_.run(doing, {"startvm", name_, "--type", "headless"}, times_.start);
}

void virtualbox_domain::save(const std::string& doing) const
{
    program_.run(doing, {"controlvm", name_, "savestate"}, times_.save);
}

bool virtualbox_domain::cut_power_at_last() const
{
    try {
        program_.run("switch off " + name_, {"controlvm", name_, "poweroff"}, times_.last_resort);
        return true;
    } catch (const hypervisor_error& error) {
        spdlog::error("the VM's power cannot be cut: {}", error.what());
        return false;
    }
}

}  // namespace vmctl
