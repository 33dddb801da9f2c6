// A hypervisor without VMs that works: one domain that can be defined, switched on, and die, with a
// guest that prints stages to its serial log. Records the calls that were made to it.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace test_support {

class fake_hypervisor final : public vmctl::hypervisor {
public:
    static inline const vmctl::running_vm running = {40001, 40002, 4711, {}};
    static constexpr std::uint16_t first_forward = 40100;  // and those that follow, in order
    static constexpr const char* whole_boot =
        "gangway-stage kernel 0.50\ngangway-stage root 0.90\ngangway-stage disk 1.20\n"
        "gangway-stage shares 1.40\ngangway-stage network 1.60\ngangway-stage containerd "
        "2.00\ngangway-stage engine 3.00\n";

    // What the guest does. May be called at any time, on any thread.
    void guest_prints_at_power_on(std::string text);
    void guest_prints(const std::string& text);
    void engine_answers(bool answers);
    void guest_ignores_power_button();
    void die(vmctl::stop_cause why);
    // Before power_on() has returned.
    void dies_at_power_on();

    // What the next program in the guest comes to; after it they succeed again.
    void next_in_guest(vmctl::guest_result result);

    // What libvirt does.
    void tell(vmctl::domain_event event);
    // The domain runs, for another daemon.
    void is_taken();
    // The domain runs already; `adoptable` is what adopt() finds.
    void runs_already(std::optional<vmctl::running_vm> adoptable);
    // The domain was saved, made of `spec`.
    void is_saved(vmctl::domain_spec spec);
    // The next call of this name throws.
    void fail_next(const std::string& call, vmctl::hypervisor_error error);
    // Calls of this name do not return until release().
    void hold(const std::string& call);
    void release();
    void guest_is_silent();
    // Calls that are called off do not end before they are done.
    void is_too_late_to_call_off();
    void supports_only(std::set<vmctl::accelerator> ways);

    std::vector<std::string> calls() const;
    std::size_t count(const std::string& call) const;
    std::vector<std::string> last_in_guest() const;
    config::byte_size disk_size() const;
    bool is_on() const;
    bool is_paused() const;
    bool is_saved() const;
    bool is_held() const;
    bool does_engine_answer() const;
    vmctl::domain_spec defined() const;

    vmctl::power state() override;
    bool supports(vmctl::accelerator way) override;
    void define(const vmctl::domain_spec& spec) override;
    vmctl::running_vm power_on() override;
    std::optional<vmctl::running_vm> adopt() override;
    std::optional<vmctl::running_vm> restore(const vmctl::domain_spec& spec) override;
    void discard_saved() override;
    std::uint16_t forward(const vmctl::guest_port& port) override;
    void end_forward(const vmctl::guest_port& port) override;
    void pause(std::stop_token somebody_waits) override;
    void resume() override;
    void save(std::stop_token call_off) override;
    void set_guest_clock() override;
    bool guest_listens(std::chrono::milliseconds patience) override;
    vmctl::guest_result run_in_guest(
        const std::vector<std::string>& command,
        std::chrono::milliseconds patience,
        std::stop_token call_off
    ) override;
    void resize_data_disk(config::byte_size size) override;
    void ask_to_shut_down() override;
    void cut_power() override;
    void undefine() override;
    void watch(std::function<void(vmctl::domain_event)> observer) override;
    void disconnect() override;

private:
    // Records the call, and does to it what the test has asked for.
    void enter(std::unique_lock<std::mutex>& lock, const std::string& call);
    void end_if(const std::stop_token& call_off, const std::string& call) const;
    void append_to_console(const std::string& text);
    void power_off(std::unique_lock<std::mutex>& lock, vmctl::stop_cause why);

    mutable std::mutex guard_;
    std::condition_variable released_;
    std::vector<std::string> calls_;
    std::map<std::string, vmctl::hypervisor_error> failures_;
    std::string held_call_;
    bool held_ = false;
    std::function<void(vmctl::domain_event)> observer_;
    std::set<vmctl::accelerator> ways_ = {vmctl::accelerator::emulation, vmctl::accelerator::kvm};
    std::optional<vmctl::domain_spec> spec_;
    std::optional<vmctl::running_vm> adoptable_ = running;
    std::string boot_text_ = whole_boot;
    std::vector<vmctl::guest_port> forwards_;
    vmctl::guest_result next_in_guest_;
    std::vector<std::string> last_in_guest_;
    config::byte_size disk_size_;
    bool on_ = false;
    bool paused_ = false;
    bool saved_ = false;
    bool taken_ = false;
    bool dies_at_power_on_ = false;
    bool engine_answers_ = true;
    bool ignores_button_ = false;
    bool too_late_ = false;
    bool guest_listens_ = true;
    bool connected_ = false;
};

}  // namespace test_support
