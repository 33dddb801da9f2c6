// Two relays that end together when one of them breaks.
#include "proxy/tunnel.hpp"

#include "proxy/relay.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {

tunnel::tunnel(
    loop_tools& tools,
    std::unique_ptr<byte_stream> client,
    vmctl::engine_address target,
    vmctl::lease use
)
    : tools_(tools), client_(std::move(client)), target_(std::move(target)), use_(std::move(use))
{
}

void tunnel::start(dialer& dialer, std::function<void()> ended)
{
    ended_ = std::move(ended);
    parts_ = 1;
    proxy::start(live(dialer), [this](const std::exception_ptr& failure) { part_ended(failure); });
}

io_task<> tunnel::live(dialer& dialer)
{
    dial_attempt attempt;
    dialling_ = &attempt;
    try {
        container_ = co_await dialer.dial(target_, application_protocol::http_1_1, attempt);
    } catch (...) {
        dialling_ = nullptr;
        throw;
    }
    dialling_ = nullptr;
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
    client_->keep_alive();
    container_->keep_alive();
    ++parts_;
    auto to_client = relay(tools_, *container_, *client_, tools_.counted.to_client);
    proxy::start(std::move(to_client), [this](const std::exception_ptr& failure) {
        part_ended(failure);
    });
    co_await relay(tools_, *client_, *container_, tools_.counted.to_engine);
}

void tunnel::abort() noexcept
{
    aborted_ = true;
    if (dialling_ != nullptr) dialling_->call_off();
    client_->abort();
    if (container_) container_->abort();
}

// The first part that breaks takes the other along.
void tunnel::part_ended(const std::exception_ptr& failure)
{
    if (failure && !aborted_) abort();
    if (--parts_ > 0) return;
    // Posted: a part of this tunnel calls us. Nothing of it is left when `ended` returns.
    asio::post(tools_.executor, [ended = std::move(ended_)] { ended(); });
}

}  // namespace proxy
