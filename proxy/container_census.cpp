// The engine is asked again when a container has started or ended, once for all that happened
// while it was asked.
#include "proxy/container_census.hpp"

#include "vmctl/held_flag.hpp"

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

// Nothing: the engine does not tell.
asio::awaitable<std::optional<std::size_t>> count_in(const engine_containers& containers)
{
    std::optional<std::size_t> number;
    try {
        const auto running = co_await containers.running();
        if (running) number = running->size();
    } catch (const std::exception& error) {
        if (vmctl::is_cancellation(std::current_exception())) throw;
        spdlog::debug("the containers that run: {}", error.what());
    }
    co_return number;
}

}  // namespace

container_census::container_census(
    asio::any_io_executor executor, std::function<void(std::optional<std::size_t>)> told
)
    : executor_(std::move(executor)), told_(std::move(told)), tasks_(executor_)
{
}

asio::awaitable<void> container_census::stop()
{
    containers_.reset();
    tasks_.cancel();
    co_await tasks_.wait();
}

void container_census::watched(std::shared_ptr<const engine_containers> containers)
{
    containers_ = std::move(containers);
    rests_ = false;
    count_again();
}

void container_census::changed(const engine_event& event)
{
    if (event.about == engine_event::subject::container) count_again();
}

void container_census::engine_back()
{
    rests_ = false;
    if (changed_) count_again();
}

void container_census::unwatched()
{
    containers_.reset();
}

void container_census::count_again()
{
    changed_ = true;
    if (!containers_ || std::exchange(counting_, true)) return;
    tasks_.spawn(count(), [](const std::exception_ptr& failure) {
        spdlog::warn("the containers that run: {}", vmctl::message_of(failure));
    });
}

asio::awaitable<void> container_census::count()
{
    const vmctl::held_flag counting(counting_);
    asio::steady_timer pause(executor_);
    while (containers_ && std::exchange(changed_, false)) {
        const auto asked = containers_;
        rested_ = rests_;
        const auto number = co_await count_in(*asked);
        // Of an engine that is gone by now.
        if (containers_ != asked) continue;
        if (!number) changed_ = true;
        if (!number && rests_) co_return;
        // It is back, and what it could not tell meanwhile says nothing of it.
        if (!number && rested_) continue;
        told_(number);
        if (number) continue;
        pause.expires_after(pause_before_asking_again);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace proxy
