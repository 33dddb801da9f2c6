// How the VM is brought down, by request and with the daemon.
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"
#include "vmctl/switch_off.hpp"

#include <boost/asio/post.hpp>
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

// A guest whose start has failed may be past listening.
constexpr std::chrono::milliseconds failed_boot_patience = 10s;

}  // namespace

asio::awaitable<void> supervisor::down(requester who)
{
    co_await examinations_.wait();
    const auto step = lifecycle_.stop_requested();
    if (step == vm_step::stop) stopped_by_ = to_string(who);
    carry_out(step);
    const auto reason = "the VM was stopped by " + to_string(who);
    settle_start(reason);
    stopped_for_good_ = reason;
    tell_of_change();
    if (!stop_) {
        at_once_ = false;
        co_return;
    }
    auto stop = stop_;
    co_await stop->settled.wait();
    if (!stop->failure.empty()) throw engine_unavailable(stop->failure);
}

void supervisor::begin_halt()
{
    stop_ = std::make_shared<outcome>(executor_);
    boots_.cancel();
    call_off_.request_stop();
    if (vm_ && told_of_leaving_) told_of_leaving_(sleep_depth::off);
    halts_.spawn(halt(), [this](const std::exception_ptr& failure) {
        const auto reason = "the VM could not be stopped: " + message_of(failure);
        spdlog::error("{}", reason);
        lifecycle_.halt_failed(reason);
        note_state();
        settle_start(reason);
        settle_stop(reason);
    });
}

asio::awaitable<void> supervisor::halt()
{
    co_await boots_.wait();
    co_await naps_.wait();
    const bool boot_has_failed = !lifecycle_.failure().empty();
    if (at_once_) {
        // Without its guest's consent it does not go on where it stood, either.
        auto discard = [this] {
            if (host_.state() == power::saved) host_.discard_saved();
        };
        co_await run_blocking(pool_, std::move(discard));
    } else if (!boot_has_failed) {
        co_await restore_if_saved();
    }
    auto patience = std::chrono::milliseconds::zero();
    if (vm_ || !boot_ || boot_->guest_uses_disk()) patience = plan_.shutdown_timeout;
    if (boot_has_failed && boot_->powered_by_us())
        patience = std::min(patience, failed_boot_patience);
    if (at_once_) patience = 0ms;
    // Who asks for a stop wants to know that the power is off, whatever we believe.
    if (!boot_has_failed || boot_->power_may_be_on()) {
        co_await switch_off(host_, pool_, patience);
    }
    co_await let_go_of_host();
    spdlog::info("the VM is off");
    note("stopped", stopped_by_, std::chrono::steady_clock::now());
    if (off_to_sleep_) {
        ++counts_.off;
    } else {
        lose_engine(
            boot_has_failed ? lifecycle_.failure() : "the VM was stopped by " + stopped_by_
        );
    }
    const auto step = lifecycle_.halted();
    if (std::exchange(vm_, std::nullopt) && told_of_sleep_) told_of_sleep_();
    settle_stop({});
    carry_out(step);
    if (image_is_newer()) try_new_image();
}

// What runs in it shall end in order, not as if its power had been cut when it was saved.
asio::awaitable<void> supervisor::restore_if_saved()
{
    auto look = [this] { return host_.state(); };
    const auto found = co_await run_blocking(pool_, std::move(look));
    if (found != power::saved) co_return;
    make_boot();
    co_await boot_->restore_to_stop();
}

asio::awaitable<void> supervisor::shutdown()
{
    turn_away();
    host_.watch({});
    process_.reset();
    // Events that are on their way to the loop come before this.
    co_await asio::post(executor_, asio::use_awaitable);
    watches_.cancel();
    co_await watches_.wait();
    // It may still find a VM that must not be left.
    co_await examinations_.wait();
    // One that is saved holds nothing that would have to be ended.
    const bool sleeps = lifecycle_.state() == vm_state::saved;
    if (plan_.when_daemon_exits == config::on_exit::shut_down && !sleeps) {
        const auto step = lifecycle_.stop_requested();
        if (step == vm_step::stop) stopped_by_ = "the end of gangwayd";
        carry_out(step);
    } else if (lifecycle_.state() == vm_state::stopping) {
        // It goes off, but does not come back.
        lifecycle_.stop_requested();
    } else {
        // A guest that boots goes on without us.
        boots_.cancel();
    }
    co_await boots_.wait();
    co_await naps_.wait();
    co_await halts_.wait();
    co_await let_go_of_host();
    pool_.join();
    closed_ = true;
}

void supervisor::settle_stop(std::string failure)
{
    const auto stop = std::exchange(stop_, nullptr);
    at_once_ = false;
    if (!stop) return;
    stop->failure = std::move(failure);
    stop->settled.open();
}

}  // namespace vmctl
