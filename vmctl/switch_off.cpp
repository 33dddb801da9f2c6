// The loop of asking and looking.
#include "vmctl/switch_off.hpp"

#include "vmctl/run_blocking.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace asio = boost::asio;

namespace vmctl {

using std::chrono::steady_clock;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

asio::awaitable<void> switch_off(
    hypervisor& host, asio::thread_pool& pool, std::chrono::milliseconds patience
)
{
    constexpr auto look_again_after = 100ms;
    constexpr auto ask_again_after = 5s;
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    const auto deadline = steady_clock::now() + patience;
    auto next_request = steady_clock::now();
    for (;;) {
        auto look = [&host] { return host.state(); };
        const auto state = co_await run_blocking(pool, std::move(look));
        if (state != power::on) co_return;
        const auto now = steady_clock::now();
        if (now >= deadline) break;
        if (now >= next_request) {
            auto ask = [&host] { host.ask_to_shut_down(); };
            co_await run_blocking(pool, std::move(ask));
            next_request = now + ask_again_after;
        }
        pause.expires_after(look_again_after);
        co_await pause.async_wait(asio::use_awaitable);
    }
    auto cut = [&host] { host.cut_power(); };
    co_await run_blocking(pool, std::move(cut));
}

}  // namespace vmctl
