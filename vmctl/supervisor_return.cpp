// For those whose engine does not answer any more: whether it has gone, and when it is back.
#include "vmctl/supervisor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// How long libvirt may take to tell that a VM's process has ended.
constexpr std::chrono::milliseconds event_patience = 5s;
constexpr std::chrono::milliseconds usual_event_delay = 1s;
constexpr std::chrono::milliseconds event_interval = 50ms;
constexpr std::chrono::milliseconds answer_interval = 500ms;

}  // namespace

asio::awaitable<lease> supervisor::acquire_again(requester who, activity kind)
{
    for (;;) {
        if (closing_) throw engine_unavailable(closing_reason);
        if (!stopped_for_good_.empty()) throw engine_unavailable(stopped_for_good_);
        auto ready = acquire_now(kind);
        if (ready) co_return std::move(*ready);
        const auto state = lifecycle_.state();
        const bool died = state == vm_state::stopped || state == vm_state::failed;
        if (died && kind == activity::active) co_return co_await acquire(std::move(who), kind);
        if (!change_) change_ = std::make_shared<gate>(executor_);
        const auto changed = change_;
        co_await changed->wait();
    }
}

void supervisor::tell_of_change()
{
    const auto changed = std::exchange(change_, nullptr);
    if (changed) changed->open();
}

bool supervisor::is_there(const engine_address& address) const
{
    return vm_ && boot_->address_of(*vm_) == address;
}

bool supervisor::is_ready(const engine_address& address) const
{
    return is_there(address) && lifecycle_.state() == vm_state::ready;
}

// A process that ends takes its sockets along a moment before libvirt tells of its end. When
// libvirt says after a while that the VM runs, it is the engine in it that does not answer.
asio::awaitable<bool> supervisor::has_gone(engine_address tried)
{
    asio::steady_timer pause(executor_);
    const auto give_up = std::chrono::steady_clock::now() + event_patience;
    const auto ask_at = std::chrono::steady_clock::now() + usual_event_delay;
    bool asked = false;
    while (is_there(tried) && std::chrono::steady_clock::now() < give_up) {
        pause.expires_after(event_interval);
        co_await pause.async_wait(asio::use_awaitable);
        if (asked || std::chrono::steady_clock::now() < ask_at) continue;
        asked = true;
        const auto runs = co_await says_that_vm_runs();
        if (!runs.value_or(false)) continue;
        const bool again = co_await answers_again(tried);
        co_return again;
    }
    co_return !is_there(tried);
}

// All who ask share the questions to the engine.
asio::awaitable<bool> supervisor::answers_again(engine_address address)
{
    auto answer = answer_;
    if (!answer || answer->address != address) {
        answer = answer_ = std::make_shared<outcome>(executor_);
        answer->address = std::move(address);
        watches_.spawn(await_answer(answer), [](const std::exception_ptr& failure) {
            spdlog::error("the engine: {}", message_of(failure));
        });
    }
    co_await answer->settled.wait();
    co_return answer->failure.empty();
}

asio::awaitable<void> supervisor::await_answer(std::shared_ptr<outcome> answer)
{
    const auto address = answer->address;
    asio::steady_timer pause(executor_);
    const auto began = std::chrono::steady_clock::now();
    spdlog::warn("the engine in the VM does not answer");
    bool answers = co_await engine_answers(probe_, address);
    while (!answers && is_ready(address) &&
           std::chrono::steady_clock::now() < began + plan_.engine_patience) {
        pause.expires_after(answer_interval);
        co_await pause.async_wait(asio::use_awaitable);
        answers = co_await engine_answers(probe_, address);
    }
    if (answer_ == answer) answer_.reset();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;
    if (answers)
        spdlog::info("the engine in the VM answers again, after {:.1f} s", passed.count());
    else if (is_ready(address))
        answer->failure = "it does not";
    answer->settled.open();
}

}  // namespace vmctl
