// The supervisor's eyes: a VM that was there before us, one that goes away by itself, and the
// host's clock.
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// Between looks at a VM whose libvirt daemon does not answer.
constexpr std::chrono::milliseconds first_retry = 250ms;
constexpr std::chrono::milliseconds longest_retry = 30s;

}  // namespace

void supervisor::examine()
{
    examinations_.spawn(look_for_vm(), [this](const std::exception_ptr& failure) {
        const auto reason = message_of(failure);
        spdlog::warn("cannot tell whether the VM runs: {}", reason);
        lifecycle_.examination_failed(reason);
        note_state();
    });
}

asio::awaitable<void> supervisor::look_for_vm()
{
    auto look = [this] { return host_.state(); };
    const auto found = co_await run_blocking(pool_, std::move(look));
    auto step = vm_step::none;
    switch (found) {
        case power::absent:
            step = lifecycle_.found_absent();
            break;
        case power::off:
            step = lifecycle_.found_off();
            break;
        case power::saved:
            step = lifecycle_.found_saved();
            break;
        case power::on:
            step = lifecycle_.found_running();
            break;
    }
    if (step == vm_step::start) started_for_ = "gangwayd, which found it running";
    carry_out(step);
    const auto state = lifecycle_.state();
    if (state == vm_state::saved) {
        told_ready_ = true;
        if (told_of_finding_) told_of_finding_();
    }
    if (state == vm_state::absent || state == vm_state::stopped || state == vm_state::saved)
        co_await let_go_of_host();
}

void supervisor::take_event(domain_event event)
{
    using kind = domain_event::kind;
    if (event.what == kind::resumed) {
        stopped_in_nap_ = false;
        return;
    }
    if (event.what == kind::paused || event.what == kind::disk_failed) {
        take_pause(event.what);
        return;
    }
    if (lifecycle_.state() == vm_state::booting && !boot_->powered_on()) early_event_ = event;
    if (!power_should_be_on()) return;
    watches_.spawn(verify_death(event), [](const std::exception_ptr& failure) {
        spdlog::error("cannot tell whether the VM runs: {}", message_of(failure));
    });
}

void supervisor::take_pause(domain_event::kind why)
{
    if (why == domain_event::kind::paused) {
        if (lifecycle_.state() == vm_state::dozing) stopped_in_nap_ = true;
        if (lifecycle_.state() != vm_state::ready) return;
        spdlog::warn("the VM was paused by somebody; the next request lets it go on");
        if (told_of_leaving_) told_of_leaving_(sleep_depth::paused);
        lifecycle_.was_paused();
        note_state();
        return;
    }
    if (!power_should_be_on()) return;
    disk_failed_at_ = std::chrono::steady_clock::now();
    spdlog::error(
        "the VM stands still: its disk could not be written, is the host's full? It tries again "
        "every {} s",
        std::chrono::round<std::chrono::seconds>(plan_.disk_retry).count()
    );
    watches_.spawn(resume_later(), [](const std::exception_ptr& failure) {
        spdlog::error("the VM stands still: {}", message_of(failure));
    });
}

// A write that fails again pauses the VM again, and we hear of that, too.
asio::awaitable<void> supervisor::resume_later()
{
    asio::steady_timer pause(executor_);
    pause.expires_after(plan_.disk_retry);
    co_await pause.async_wait(asio::use_awaitable);
    if (!power_should_be_on()) co_return;
    auto resume = [this] { host_.resume(); };
    co_await run_blocking(pool_, std::move(resume));
}

// One that sleeps gets the time when it is woken.
void supervisor::clock_was_set()
{
    const auto state = lifecycle_.state();
    clock_is_late_ = state == vm_state::booting || state == vm_state::dozing;
    if (state != vm_state::ready) return;
    watches_.spawn(set_clock(), [](const std::exception_ptr& failure) {
        spdlog::warn("the guest's clock may be late: {}", message_of(failure));
    });
}

asio::awaitable<void> supervisor::set_clock()
{
    auto work = [this] { host_.set_guest_clock(); };
    co_await run_blocking(pool_, std::move(work));
    spdlog::info("the host's clock was set, or the host slept: the VM has the time again");
}

bool supervisor::power_should_be_on() const
{
    const auto state = lifecycle_.state();
    return boot_ && boot_->powered_on() &&
           (state == vm_state::booting || state == vm_state::ready || state == vm_state::paused ||
            state == vm_state::waking);
}

// An event may belong to an earlier start, or tell only that libvirt's daemon has gone: it is the
// domain's state that counts. Calls to the host are made one at a time, in order, so a state that
// was asked for before a start is known here before that start says that the power is on.
asio::awaitable<void> supervisor::verify_death(domain_event event)
{
    asio::steady_timer pause(executor_);
    for (auto delay = first_retry; power_should_be_on();
         delay = std::min(delay * 2, longest_retry)) {
        std::optional<power> found;
        try {
            auto look = [this] { return host_.state(); };
            found = co_await run_blocking(pool_, std::move(look));
        } catch (const hypervisor_error& error) {
            spdlog::warn("cannot tell whether the VM runs: {}", error.what());
        }
        if (found == power::on || !power_should_be_on()) co_return;
        if (found) {
            vm_died(event.why);
            if (lifecycle_.state() == vm_state::stopped) co_await let_go_of_host();
            co_return;
        }
        pause.expires_after(delay);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

// Nothing: that is not known.
asio::awaitable<std::optional<bool>> supervisor::says_that_vm_runs()
{
    try {
        auto look = [this] { return host_.state(); };
        const auto found = co_await run_blocking(pool_, std::move(look));
        co_return found == power::on;
    } catch (const hypervisor_error&) {
        co_return std::nullopt;
    }
}

// libvirt will only say that its power was cut.
void supervisor::note_silence(const hypervisor_error& error)
{
    if (error.problem() == hypervisor_problem::silent) found_silent_ = true;
}

void supervisor::vm_died(stop_cause why)
{
    if (std::exchange(found_silent_, false)) why = stop_cause::silent;
    const auto what = "the VM " + std::string(to_string(why));
    if (lifecycle_.state() == vm_state::booting) {
        // A guest's last words count most.
        boot_->follow_console();
        died_in_boot(what + " while it started" + describe_tail(boot_->console()));
        return;
    }
    boot_->follow_console();
    const auto panic = boot_->console().panic();
    stopped_by_ = panic ? *panic : std::string(to_string(why));
    const auto how = panic ? "the VM has ended: " + *panic : what;
    spdlog::warn("{}", how);
    note("stopped", how, std::chrono::steady_clock::now());
    const auto step = lifecycle_.died();
    note_state();
    lose_engine(how);
    carry_out(step);
}

void supervisor::lose_engine(const std::string& reason)
{
    vm_.reset();
    if (!std::exchange(told_ready_, false)) return;
    idle_.containers_run(std::nullopt);
    if (told_of_loss_) told_of_loss_(reason);
}

// Only while the power is off, or the VM's process is watched otherwise: what happens to the VM is
// not noticed until the next call.
asio::awaitable<void> supervisor::let_go_of_host()
{
    auto disconnect = [this] { host_.disconnect(); };
    co_await run_blocking(pool_, std::move(disconnect));
}

}  // namespace vmctl
