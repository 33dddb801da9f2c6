// How the VM goes to sleep and is woken.
#include "vmctl/nap.hpp"
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

std::string joined(const std::vector<std::string>& parts)
{
    std::string all;
    for (const auto& each : parts) all += (all.empty() ? "" : ", and ") + each;
    return all;
}

bool is_deep_enough(vm_state state, sleep_depth depth)
{
    switch (state) {
        case vm_state::absent:
        case vm_state::stopped:
        case vm_state::failed:
        case vm_state::saved:
            return true;
        case vm_state::paused:
            return depth == sleep_depth::paused;
        default:
            return false;
    }
}

const char* name_of(sleep_depth depth)
{
    switch (depth) {
        case sleep_depth::awake:
            return "awake";
        case sleep_depth::paused:
            return "paused";
        case sleep_depth::saved:
            return "saved";
        case sleep_depth::off:
            break;
    }
    return "off";
}

}  // namespace

bool supervisor::sleeps() const
{
    switch (lifecycle_.state()) {
        case vm_state::dozing:
        case vm_state::paused:
        case vm_state::saved:
            return true;
        case vm_state::stopping:
        case vm_state::stopped:
            return off_to_sleep_;
        default:
            return false;
    }
}

bool supervisor::stands_still() const
{
    return sleeps() && (lifecycle_.state() != vm_state::dozing || stopped_in_nap_);
}

// Posted: a lease may be ending.
void supervisor::sleep_when_idle(sleep_depth depth)
{
    asio::post(executor_, [this, depth] {
        const auto& use = idle_.use();
        const bool used = use.active > 0 || use.waiting > 0;
        if (closing_ || used) return;
        // What would be saved of a former image could not go on.
        const bool in_vain =
            depth == sleep_depth::saved && image_is_newer() && use.containers == 0U;
        if (in_vain)
            begin_sleep(sleep_depth::off, "nobody uses it, and there is a new image");
        else
            begin_sleep(depth, "nobody uses it");
    });
}

void supervisor::begin_sleep(sleep_depth depth, std::string reason)
{
    if (depth == sleep_depth::off) {
        const auto step = lifecycle_.stop_requested();
        off_to_sleep_ = step == vm_step::stop;
        if (off_to_sleep_) stopped_by_ = std::move(reason);
        carry_out(step);
        return;
    }
    nap_depth_ = depth;
    const auto step = lifecycle_.sleep_requested(depth);
    if (step == vm_step::doze) nap_reason_ = std::move(reason);
    carry_out(step);
}

asio::awaitable<void> supervisor::sleep(requester who, sleep_depth depth)
{
    co_await examinations_.wait();
    for (;;) {
        if (closing_) throw engine_unavailable(closing_reason);
        // One that is on its way to sleep gets there first.
        if (auto nap = nap_) {
            co_await nap->settled.wait();
            continue;
        }
        const auto state = lifecycle_.state();
        if (is_deep_enough(state, depth)) co_return;
        if (state != vm_state::ready && state != vm_state::paused) {
            throw engine_unavailable(
                "the VM is " + std::string(to_string(state)) + "; ask again later"
            );
        }
        const auto obstacles = co_await obstacles_that_stay(depth);
        if (nap_ || lifecycle_.state() != state) continue;
        if (!obstacles.empty()) {
            throw engine_unavailable(
                joined(obstacles) + (depth == sleep_depth::off
                                         ? "; `gangway down` stops it all the same"
                                         : "; ask again when that is over")
            );
        }
        break;
    }
    begin_sleep(depth, to_string(who));
    auto settled = depth == sleep_depth::off ? stop_ : nap_;
    if (!settled) co_return;
    co_await settled->settled.wait();
    if (!settled->failure.empty()) throw engine_unavailable(settled->failure);
}

// A client that has just ended may not be known to be gone yet.
asio::awaitable<std::vector<std::string>> supervisor::obstacles_that_stay(sleep_depth depth)
{
    constexpr auto enough = std::chrono::seconds(3);
    constexpr auto moment = std::chrono::milliseconds(50);
    auto settings = plan_.sleep;
    settings.with_containers = depth != sleep_depth::off;
    asio::steady_timer pause(executor_);
    const auto give_up = std::chrono::steady_clock::now() + enough;
    auto obstacles = obstacles_to_sleep(settings, idle_.use());
    // An answer that is on its way would wait for the next wake.
    const auto busy = [&] { return !obstacles.empty() || idle_.use().passive > 0; };
    while (busy() && std::chrono::steady_clock::now() < give_up) {
        pause.expires_after(moment);
        co_await pause.async_wait(asio::use_awaitable);
        obstacles = obstacles_to_sleep(settings, idle_.use());
    }
    co_return obstacles;
}

void supervisor::begin_doze()
{
    nap_ = std::make_shared<outcome>(executor_);
    call_off_ = std::stop_source();
    stopped_in_nap_ = false;
    nap_limit_.expires_after(plan_.nap_patience);
    nap_limit_.async_wait([call_off = call_off_](boost::system::error_code over) mutable {
        if (!over) call_off.request_stop();
    });
    spdlog::debug("the VM goes to sleep, to be {}: {}", name_of(nap_depth_), nap_reason_);
    if (vm_ && told_of_leaving_) told_of_leaving_(nap_depth_);
    naps_.spawn(doze(), [](const std::exception_ptr& failure) {
        spdlog::error("the VM's sleep: {}", message_of(failure));
    });
}

asio::awaitable<void> supervisor::doze()
{
    const auto began = std::chrono::steady_clock::now();
    std::optional<hypervisor_error> failure;
    bool usable = true;
    try {
        if (nap_depth_ == sleep_depth::paused) {
            co_await pause_vm(host_, pool_, call_off_.get_token());
        } else {
            co_await save_vm(host_, pool_, call_off_.get_token());
        }
    } catch (const guest_unusable& error) {
        failure = error;
        usable = false;
    } catch (const hypervisor_error& error) {
        failure = error;
    }
    // A stop that was asked for meanwhile counts more.
    if (lifecycle_.state() != vm_state::dozing) {
        settle_nap("the VM was stopped by " + stopped_by_);
        co_return;
    }
    if (failure) {
        co_await stay_up(*failure, usable);
        co_return;
    }
    const auto step = lifecycle_.fell_asleep(nap_depth_);
    spdlog::info("the VM is {}: {}", name_of(nap_depth_), nap_reason_);
    note(name_of(nap_depth_), nap_reason_, began);
    ++(nap_depth_ == sleep_depth::paused ? counts_.paused : counts_.saved);
    if (nap_depth_ == sleep_depth::saved) {
        vm_.reset();
        if (told_of_sleep_) told_of_sleep_();
    }
    settle_nap({});
    carry_out(step);
    if (lifecycle_.state() == vm_state::saved) co_await let_go_of_host();
    if (image_is_newer()) try_new_image();
    if (lifecycle_.state() == vm_state::paused) co_await rest_lightly();
}

// It could not be put to sleep, or somebody came meanwhile.
asio::awaitable<void> supervisor::stay_up(const hypervisor_error& why, bool usable)
{
    note_silence(why);
    const bool called_off = usable && why.problem() == hypervisor_problem::called_off;
    std::string reason = why.what();
    if (called_off) reason = start_ ? "called off for " + started_for_ : "it takes too long";
    const auto runs = co_await says_that_vm_runs();
    if (lifecycle_.state() != vm_state::dozing) {
        settle_nap(std::move(reason));
        co_return;
    }
    note("not put to sleep", reason, std::chrono::steady_clock::now());
    if (!runs.value_or(false)) {
        settle_nap(std::move(reason));
        vm_died(stop_cause::unknown);
        co_return;
    }
    if (!usable) {
        spdlog::error("the VM is started anew, as its shares may be missing: {}", reason);
        settle_nap(reason);
        stopped_by_ = std::move(reason);
        carry_out(start_ ? lifecycle_.restart_requested() : lifecycle_.stop_requested());
        co_return;
    }
    spdlog::log(
        called_off ? spdlog::level::info : spdlog::level::warn, "the VM stays awake: {}", reason
    );
    lifecycle_.stayed_up();
    if (std::exchange(clock_is_late_, false)) clock_was_set();
    if (nap_depth_ == sleep_depth::saved && !called_off) idle_.could_not_be_saved();
    note_state();
    if (told_of_return_) told_of_return_();
    settle_nap(std::move(reason));
    settle_start({}, boot_->address_of(*vm_));
}

void supervisor::settle_nap(std::string failure)
{
    const auto nap = std::exchange(nap_, nullptr);
    if (!nap) return;
    nap_limit_.cancel();
    nap->failure = std::move(failure);
    nap->settled.open();
}

}  // namespace vmctl
