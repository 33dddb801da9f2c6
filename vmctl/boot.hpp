// One start of the VM: the stages on the host, power-on, and the wait until the engine answers. A
// VM that runs already is adopted instead, and one that was saved is restored.
#pragma once

#include "vmctl/boot_log.hpp"
#include "vmctl/boot_plan.hpp"
#include "vmctl/growing_file.hpp"
#include "vmctl/hypervisor.hpp"
#include "vmctl/readiness.hpp"
#include "vmctl/vm_status.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace vmctl {

class boot {
public:
    // All that is passed by reference must outlive run(). `report` is called on the loop.
    boot(
        hypervisor& host,
        boost::asio::thread_pool& pool,
        const boot_plan& plan,
        const readiness_probe& probe,
        std::function<void(const stage_event&)> report
    );

    // Once. Returns when the engine answers; throws std::exception with a sentence for the user.
    // May be cancelled (terminal) and then ends after the blocking call that it is in; the VM may
    // run afterwards, as it may when run() has thrown.
    boost::asio::awaitable<running_vm> run();

    // A VM that was saved goes on, or what was saved of it is discarded, so that it can be stopped.
    // Instead of run(). Throws like that.
    boost::asio::awaitable<void> restore_to_stop();

    // Whether the VM's power may be on because of this start, even when run() has thrown.
    bool power_may_be_on() const { return power_may_be_on_; }

    // Whether it is on, until something else switches it off.
    bool powered_on() const { return powered_on_; }

    // Whether this start has switched the power on, else the VM may be anywhere in its life.
    bool powered_by_us() const { return powered_by_us_; }

    // Whether the VM goes on where it was saved.
    bool was_restored() const;

    // Whether the guest may have its data disk in use, so that it should not lose its power.
    bool guest_uses_disk() const;

    // Takes in what the guest has printed by now.
    void follow_console();

    const boot_log& console() const { return console_; }

    const std::vector<stage_event>& timeline() const { return timeline_; }

    // Of the image that it was booted from; empty: it was not booted now.
    const std::string& image_identity() const { return image_identity_; }

    // Settings that a VM which was not booted now has to be restarted for.
    const std::vector<std::string>& restart_for() const { return restart_for_; }

    std::chrono::milliseconds elapsed() const;

    engine_address address_of(const running_vm& vm) const;

private:
    boost::asio::awaitable<power> look();
    boost::asio::awaitable<std::optional<running_vm>> adopt();
    boost::asio::awaitable<std::optional<running_vm>> take_over();
    boost::asio::awaitable<std::optional<running_vm>> restore();
    boost::asio::awaitable<std::optional<running_vm>> try_to_restore();
    domain_spec describe_domain();
    void choose_processors(domain_spec& spec);
    boost::asio::awaitable<void> catch_up();
    boost::asio::awaitable<running_vm> start();
    boost::asio::awaitable<void> await_engine(engine_address address);
    boost::asio::awaitable<void> listen_to_guest();
    boost::asio::awaitable<void> ask_engine(engine_address address);
    void complete(
        std::string stage, std::optional<std::chrono::milliseconds> guest_time = std::nullopt
    );

    hypervisor& host_;
    boost::asio::thread_pool& pool_;
    const boot_plan& plan_;
    const readiness_probe& probe_;
    const std::function<void(const stage_event&)> report_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    boot_log console_;
    growing_file console_file_;
    std::vector<stage_event> timeline_;
    std::vector<std::string> restart_for_;
    std::string image_identity_;
    bool power_may_be_on_ = true;  // until it was looked at
    bool powered_on_ = false;
    bool powered_by_us_ = false;
};

}  // namespace vmctl
