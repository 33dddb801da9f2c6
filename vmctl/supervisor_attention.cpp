// While it is used: whether the engine is there, and what is done about a VM that stands still.
#include "vmctl/held_flag.hpp"
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

// For the agent of a guest in which the engine is silent.
constexpr auto agent_patience = std::chrono::seconds(20);

}  // namespace

// Whoever waits for an answer of a VM that stands still would wait for ever: QEMU's connections
// stay open, and what they are sent is taken.
void supervisor::attend()
{
    attending_ = true;
    watches_.spawn(attend_while_used(), [](const std::exception_ptr& failure) {
        spdlog::error("the engine: {}", message_of(failure));
    });
}

asio::awaitable<void> supervisor::attend_while_used()
{
    const held_flag attending(attending_);
    const auto is_used = [this] { return idle_.use().active > 0 || idle_.use().passive > 0; };
    asio::steady_timer pause(executor_);
    while (is_used() && lifecycle_.state() == vm_state::ready) {
        pause.expires_after(plan_.attention);
        co_await pause.async_wait(asio::use_awaitable);
        if (!is_used() || lifecycle_.state() != vm_state::ready) break;
        auto address = boot_->address_of(*vm_);
        const bool answers = co_await engine_answers(probe_, address);
        if (answers) continue;
        try {
            co_await give_up_on(std::move(address));
        } catch (const hypervisor_error& error) {
            spdlog::error("the VM cannot be switched off: {}", error.what());
        }
    }
}

// Unless it answers after all. A guest whose engine alone is silent is left to its user: native
// clients would wait, too.
asio::awaitable<void> supervisor::give_up_on(engine_address address)
{
    const bool again = co_await answers_again(address);
    if (again || !is_ready(address) || waits_for_its_disk()) co_return;
    const bool silent = co_await is_known_to_be_silent(address);
    if (!is_ready(address)) co_return;
    if (!silent) {
        spdlog::error("the engine does not answer, though its VM may; `gangway restart` ends that");
        co_return;
    }
    spdlog::error("neither the engine nor its VM answers; the VM is switched off");
    auto cut = [this] { host_.cut_power(); };
    co_await run_blocking(pool_, std::move(cut));
    if (is_ready(address)) vm_died(stop_cause::silent);
    if (lifecycle_.state() == vm_state::stopped) co_await let_go_of_host();
}

// It goes on by itself when there is room.
bool supervisor::waits_for_its_disk() const
{
    const auto now = std::chrono::steady_clock::now();
    return disk_failed_at_ && now < *disk_failed_at_ + plan_.disk_retry + plan_.engine_patience;
}

// Its guest, too, and no doubt is left: what cannot be asked may be alive.
asio::awaitable<bool> supervisor::is_known_to_be_silent(engine_address address)
{
    try {
        auto ask = [this] { return host_.guest_listens(agent_patience); };
        const bool listens = co_await run_blocking(pool_, std::move(ask));
        if (listens) co_return false;
    } catch (const hypervisor_error& error) {
        spdlog::warn("cannot tell whether the VM stands still: {}", error.what());
        co_return false;
    }
    const bool answers = co_await engine_answers(probe_, address);
    co_return !answers;
}

}  // namespace vmctl
