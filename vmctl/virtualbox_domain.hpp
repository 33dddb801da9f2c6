// One VM as VirtualBox has it: looked at, changed and told what to do, whatever it is doing.
// Blocking.
#pragma once

#include "vmctl/virtualbox_program.hpp"
#include "vmctl/virtualbox_vm.hpp"
#include "vmctl/virtualbox_words.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace vmctl {

// How long VBoxManage may take, and between two looks at a VM that runs.
struct virtualbox_times {
    std::chrono::milliseconds call = std::chrono::minutes(1);
    std::chrono::milliseconds start = std::chrono::minutes(3);
    std::chrono::milliseconds save = std::chrono::minutes(10);
    std::chrono::milliseconds last_resort = std::chrono::seconds(20);  // to cut the power
    std::chrono::milliseconds look = std::chrono::seconds(10);
    // VirtualBox lets go of a VM a moment after its process has ended.
    std::chrono::milliseconds busy_pause = std::chrono::milliseconds(250);
    int busy_tries = 40;
};

// Every call may throw hypervisor_error, as virtualbox_program does. May be called on several
// threads.
class virtualbox_domain {
public:
    using notes = std::map<std::string, std::string>;

    virtualbox_domain(std::string name, virtualbox_program program, virtualbox_times times);

    const std::string& name() const { return name_; }

    // Nothing: there is none of that name.
    std::optional<virtualbox_machine> find(const std::stop_token& stop = {}) const;

    // Off when there is none.
    virtualbox_state state(const std::stop_token& stop = {}) const;

    // Throws when there is none.
    virtualbox_machine existing() const;

    // Its extra data.
    notes noted() const;

    // A change of what VirtualBox has of it while its power is off. Refused for a moment after the
    // VM has ended, which is waited out.
    void change(const std::string& doing, const virtualbox_command& command) const;

    // The same, where a refusal does not matter.
    void try_to_change(const virtualbox_command& command) const;

    // `controlvm NAME WORDS…`. False: its power is off, or has gone off meanwhile.
    bool control(const std::string& doing, const std::vector<std::string>& words) const;

    // Whether it was paused.
    bool resume_if_paused() const;

    void start(const std::string& doing) const;

    // Its memory to a file.
    void save(const std::string& doing) const;

    // Without VirtualBox's usual patience, as it has been lost. Throws nothing; whether it worked.
    bool cut_power_at_last() const;

private:
    const std::string name_;
    const virtualbox_program program_;
    const virtualbox_times times_;
};

}  // namespace vmctl
