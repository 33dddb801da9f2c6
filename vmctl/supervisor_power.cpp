// The VM without its guest's consent: its power is cut, or it is deleted.
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

asio::awaitable<void> supervisor::power_off(requester who)
{
    co_await examinations_.wait();
    // Nothing of it runs, and what it would go on with is kept.
    if (lifecycle_.state() == vm_state::saved) co_return;
    co_await hasten_stop();
    co_await down(std::move(who));
}

// The stop that runs, or the one that the caller asks for next.
asio::awaitable<void> supervisor::hasten_stop()
{
    at_once_ = true;
    // Somebody waits for the guest already.
    if (lifecycle_.state() != vm_state::stopping) co_return;
    std::string failure;
    try {
        auto cut = [this] {
            if (host_.state() == power::on) host_.cut_power();
        };
        co_await run_blocking(pool_, std::move(cut));
    } catch (const hypervisor_error& error) {
        failure = error.what();
    }
    if (!failure.empty()) throw engine_unavailable("the VM could not be stopped: " + failure);
}

asio::awaitable<void> supervisor::reset(requester who)
{
    co_await examinations_.wait();
    if (closing_) throw engine_unavailable(closing_reason);
    switch (lifecycle_.state()) {
        case vm_state::absent:
        case vm_state::stopped:
            throw engine_unavailable("the VM is off; `gangway up` starts it");
        default:
            break;
    }
    if (lifecycle_.state() == vm_state::failed) {
        // What is left of it may run; where nothing is, there is no stop that a restart begins
        // with.
        co_await power_off(who);
        co_await up(std::move(who));
        co_return;
    }
    co_await hasten_stop();
    co_await restart(std::move(who));
}

asio::awaitable<void> supervisor::remove(requester who, bool keep_data)
{
    co_await examinations_.wait();
    if (closing_) throw engine_unavailable(closing_reason);
    co_await hasten_stop();
    co_await down(who);
    if (!lifecycle_.removed()) {
        throw engine_unavailable("somebody has started the VM again; nothing was deleted");
    }
    note_state();
    // One that somebody starts now is made after that.
    auto work = [this, keep_data] {
        // It may have been switched on, or saved, behind our back; state() refuses a VM of another
        // daemon, unless that is off.
        const auto found = host_.state();
        if (found == power::on) host_.cut_power();
        if (found == power::saved) host_.discard_saved();
        host_.undefine();
        host_.disconnect();
        plan_.delete_files(keep_data);
    };
    std::string failure;
    try {
        co_await run_blocking(pool_, std::move(work));
    } catch (const std::exception& error) {
        failure = error.what();
    }
    // Some of it may be gone in any case.
    if (told_of_removal_) told_of_removal_();
    if (!failure.empty()) {
        spdlog::error("the VM could not be deleted: {}", failure);
        note("not deleted", failure, std::chrono::steady_clock::now());
        throw engine_unavailable(
            "the VM could not be deleted: " + failure +
            "; when that is mended, `gangway delete` again"
        );
    }
    spdlog::info("the VM was deleted for {}", to_string(who));
    note("deleted", to_string(who), std::chrono::steady_clock::now());
}

}  // namespace vmctl
