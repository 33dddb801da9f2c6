// As long as the engine is there: a stream of events that ends is begun anew.
#include "proxy/engine_watch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

constexpr auto pause_before_asking_again = std::chrono::seconds(1);

}  // namespace

engine_watch::engine_watch(asio::any_io_executor executor, dialer& dialer)
    : executor_(std::move(executor)), dialer_(dialer), following_(executor_)
{
}

void engine_watch::engine_ready(vmctl::engine_address address)
{
    engine_gone();
    following_.spawn(
        follow(std::make_shared<const engine_containers>(dialer_, std::move(address))),
        [](const std::exception_ptr& failure) {
            spdlog::warn("the engine's events: {}", vmctl::message_of(failure));
        }
    );
}

void engine_watch::engine_gone()
{
    following_.cancel();
    end_watching();
}

asio::awaitable<void> engine_watch::stop()
{
    engine_gone();
    co_await following_.wait();
}

void engine_watch::end_watching()
{
    if (!std::exchange(watching_, false)) return;
    for (auto* const each : observers_) each->unwatched();
}

asio::awaitable<void> engine_watch::follow(std::shared_ptr<const engine_containers> containers)
{
    asio::steady_timer pause(executor_);
    for (;;) {
        try {
            auto begun = [this, containers] {
                watching_ = true;
                for (auto* const each : observers_) each->watched(containers);
            };
            auto changed = [this](const engine_event& event) {
                for (auto* const each : observers_) each->changed(event);
            };
            co_await containers->follow(std::move(begun), std::move(changed));
        } catch (const std::exception& error) {
            if (vmctl::is_cancellation(std::current_exception())) throw;
            spdlog::debug("the engine's events have ended: {}", error.what());
        }
        end_watching();
        pause.expires_after(pause_before_asking_again);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace proxy
