// The engine is asked again when a container has started or ended, once for all that happened
// while it was asked.
#include "proxy/container_census.hpp"

#include "proxy/held_flag.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

container_census::container_census(
    asio::any_io_executor executor, std::function<void(std::optional<std::size_t>)> told
)
    : told_(std::move(told)), tasks_(std::move(executor))
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
    count_again();
}

void container_census::changed(const engine_event& event)
{
    if (event.about == engine_event::subject::container) count_again();
}

void container_census::unwatched()
{
    containers_.reset();
}

void container_census::count_again()
{
    changed_ = true;
    if (!containers_ || std::exchange(counting_, true)) return;
    tasks_.spawn(count(), [this](const std::exception_ptr& failure) {
        spdlog::warn("the containers that run: {}", vmctl::message_of(failure));
        told_(std::nullopt);
    });
}

asio::awaitable<void> container_census::count()
{
    const held_flag counting(counting_);
    while (containers_ && std::exchange(changed_, false)) {
        const auto asked = containers_;
        std::optional<std::size_t> number;
        std::exception_ptr failure;
        try {
            const auto running = co_await asked->running();
            if (running) number = running->size();
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure && vmctl::is_cancellation(failure)) std::rethrow_exception(failure);
        // Of an engine that is gone by now.
        if (containers_ != asked) continue;
        if (failure) std::rethrow_exception(failure);
        told_(number);
    }
}

}  // namespace proxy
