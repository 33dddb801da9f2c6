// A VM that is paused: how it is left alone, and how it is let go on.
#include "vmctl/nap.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <system_error>

namespace asio = boost::asio;

namespace vmctl {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// How long libvirt's daemon may take to notice that the VM's process has ended.
constexpr std::chrono::milliseconds notice_patience = 2s;
constexpr std::chrono::milliseconds notice_interval = 100ms;

}  // namespace

// libvirt's daemon asks every few seconds whether we are still there, and would keep us from
// sleeping, too. That the VM has ended is heard from the kernel.
asio::awaitable<void> supervisor::rest_lightly()
{
    if (closing_ || vm_->process_id == 0) co_return;
    try {
        process_.emplace(executor_, vm_->process_id, [this] {
            take_event({domain_event::kind::power_off, stop_cause::killed});
        });
    } catch (const std::system_error& error) {
        spdlog::debug("cannot watch the VM's process: {}", error.what());
        co_return;
    }
    co_await let_go_of_host();
}

void supervisor::begin_wake()
{
    naps_.spawn(wake(), [](const std::exception_ptr& failure) {
        spdlog::error("the VM's waking: {}", message_of(failure));
    });
}

// Nothing: that is not known.
asio::awaitable<std::optional<bool>> supervisor::outlives_failure()
{
    asio::steady_timer pause(executor_);
    const auto give_up = std::chrono::steady_clock::now() + notice_patience;
    auto runs = co_await says_that_vm_runs();
    while (runs.value_or(true) && std::chrono::steady_clock::now() < give_up) {
        pause.expires_after(notice_interval);
        co_await pause.async_wait(asio::use_awaitable);
        runs = co_await says_that_vm_runs();
    }
    co_return runs;
}

asio::awaitable<void> supervisor::wake()
{
    const auto began = std::chrono::steady_clock::now();
    std::string failure;
    try {
        co_await unpause_vm(host_, pool_);
    } catch (const hypervisor_error& error) {
        failure = error.what();
        note_silence(error);
    }
    std::optional<bool> runs = true;
    if (!failure.empty()) runs = co_await outlives_failure();
    if (lifecycle_.state() != vm_state::waking) co_return;
    if (runs == false) {
        vm_died(stop_cause::unknown);
        co_return;
    }
    if (!failure.empty()) {
        spdlog::error("the VM cannot be woken: {}", failure);
        ++counts_.failed_starts;
        lifecycle_.stayed_paused();
        note_state();
        settle_start("the VM is paused: " + failure);
        if (lifecycle_.state() == vm_state::paused) co_await rest_lightly();
        co_return;
    }
    lifecycle_.woke();
    note_state();
    note("woken", started_for_, began);
    counts_.from_paused.add(started_because_, std::chrono::steady_clock::now() - began);
    spdlog::info("the VM is awake for {}", started_for_);
    if (told_of_return_) told_of_return_();
    settle_start({}, boot_->address_of(*vm_));
}

}  // namespace vmctl
