// Asking, and asking again until the program has ended.
#include "vmctl/libvirt_guest_agent.hpp"

#include "vmctl/guest_agent.hpp"
#include "vmctl/libvirt_domain.hpp"

#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace vmctl {

namespace {

using std::chrono::steady_clock;

constexpr auto pause_before_asking_again = std::chrono::milliseconds(10);
constexpr auto clock_patience = std::chrono::seconds(20);

class agent {
public:
    agent(virDomainPtr domain, steady_clock::time_point deadline)
        : domain_(domain), deadline_(deadline)
    {
    }

    // The agent's answer. One that does not listen, as after a restore, is asked again until the
    // deadline.
    std::string ask(const std::string& command)
    {
        for (;;) {
            const text_handle answer(
                virDomainQemuAgentCommand(domain_, command.c_str(), seconds_left(), 0)
            );
            if (answer) return answer.get();
            if (last_libvirt_code() != VIR_ERR_AGENT_UNRESPONSIVE || is_over())
                refuse("ask the guest's agent");
            std::this_thread::sleep_for(pause_before_asking_again);
        }
    }

    bool is_over() const { return steady_clock::now() >= deadline_; }

private:
    int seconds_left() const
    {
        const auto left = deadline_ - steady_clock::now();
        return std::max(1, static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count()));
    }

    virDomainPtr domain_;
    steady_clock::time_point deadline_;
};

}  // namespace

void set_clock_by_agent(virDomainPtr domain)
{
    // Not virDomainSetTime, which waits for ever for a guest that falls silent meanwhile.
    const auto seconds =
        static_cast<int>(std::chrono::ceil<std::chrono::seconds>(clock_patience).count());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const text_handle answer(
        virDomainQemuAgentCommand(domain, guest_set_time(now).c_str(), seconds, 0)
    );
    if (!answer) refuse("set the guest's clock");
}

bool agent_listens(virDomainPtr domain, std::chrono::milliseconds patience)
{
    const auto seconds =
        static_cast<int>(std::chrono::ceil<std::chrono::seconds>(patience).count());
    const text_handle answer(virDomainQemuAgentCommand(domain, guest_ping, seconds, 0));
    if (answer) return true;
    if (last_libvirt_code() != VIR_ERR_AGENT_UNRESPONSIVE) refuse("ask the guest's agent");
    return false;
}

guest_result run_by_agent(
    virDomainPtr domain,
    const std::vector<std::string>& command,
    std::chrono::milliseconds patience,
    const std::stop_token& call_off
)
{
    const auto give_way = [&] {
        if (call_off.stop_requested()) call_it_off("run " + command.front() + " in the guest");
    };
    agent guest(domain, steady_clock::now() + patience);
    give_way();
    const auto started = started_in_guest(guest.ask(guest_exec(command)));
    while (started) {
        give_way();
        if (const auto result = ended_in_guest(guest.ask(guest_exec_status(*started))))
            return *result;
        if (guest.is_over()) break;
        std::this_thread::sleep_for(pause_before_asking_again);
    }
    throw describe(
        hypervisor_problem::refused, "run " + command.front() + " in the guest", "no end in time"
    );
}

}  // namespace vmctl
