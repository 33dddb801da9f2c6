// One connection after another.
#include "proxy/followed_upstream.hpp"

#include "proxy/asio_bridge.hpp"
#include "vmctl/deadline.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>

namespace asio = boost::asio;

namespace proxy {
namespace {

constexpr auto patience = std::chrono::seconds(10);

}  // namespace

followed_upstream::followed_upstream(
    loop_tools& tools,
    vmctl::engine& engine,
    dialer& dialer,
    vmctl::requester who,
    vmctl::activity kind
)
    : tools_(tools), engine_(engine), dialer_(dialer), who_(std::move(who)), kind_(kind)
{
}

void followed_upstream::begin(std::unique_ptr<byte_stream> connection, vmctl::lease lease)
{
    connection_ = std::move(connection);
    lease_ = std::move(lease);
    budget_.connected(rejoin_budget::clock::now());
    if (keeps_alive_) connection_->keep_alive();
}

void followed_upstream::release_watcher()
{
    if (kind_ != vmctl::activity::active) lease_ = {};
}

template <class T>
io_task<std::optional<T>> followed_upstream::wait_for(
    asio::awaitable<T> work, std::exception_ptr& failure
)
{
    std::optional<T> result;
    waiting_ = std::make_unique<asio::cancellation_signal>();
    try {
        from_asio waiting(tools_.executor, std::move(work), waiting_->slot());
        result = co_await waiting;
    } catch (...) {
        failure = std::current_exception();
    }
    waiting_.reset();
    co_return std::move(result);
}

io_task<std::optional<engine_answer>> followed_upstream::ask(std::string request)
{
    std::exception_ptr failure;
    auto asking = ask_engine(dialer_, lease_.address(), std::move(request));
    auto in_time = vmctl::with_deadline(patience, std::move(asking));
    auto answer = co_await wait_for(std::move(in_time), failure);
    if (failure) spdlog::debug("pid {}: the engine does not answer", who_.pid);
    co_return std::move(answer);
}

io_task<bool> followed_upstream::renew()
{
    lease_ = {};
    if (called_off_) co_return false;
    while (const auto pause = budget_.next_try(rejoin_budget::clock::now())) {
        // Also because the connection that goes calls us.
        co_await pausing(tools_.overdue, *pause);
        connection_.reset();
        if (called_off_) co_return false;
        std::exception_ptr failure;
        auto acquiring = engine_.acquire_again(who_, kind_);
        auto granted = co_await wait_for(std::move(acquiring), failure);
        if (called_off_) co_return false;
        if (failure) std::rethrow_exception(failure);
        lease_ = std::move(*granted);
        const bool connected = co_await dial();
        if (connected) co_return true;
    }
    throw dial_error("the engine does not come back");
}

io_task<bool> followed_upstream::dial()
{
    dial_attempt attempt;
    dialling_ = &attempt;
    try {
        connection_ =
            co_await dialer_.dial(lease_.address(), application_protocol::http_1_1, attempt);
    } catch (const std::exception& error) {
        spdlog::debug("pid {}: {} waits: {}", who_.pid, who_.request, error.what());
    }
    dialling_ = nullptr;
    if (!connection_) co_return false;
    budget_.connected(rejoin_budget::clock::now());
    if (keeps_alive_) connection_->keep_alive();
    co_return true;
}

void followed_upstream::call_off() noexcept
{
    called_off_ = true;
    if (waiting_) waiting_->emit(asio::cancellation_type::terminal);
    if (dialling_ != nullptr) dialling_->call_off();
}

void followed_upstream::lose() noexcept
{
    if (dialling_ != nullptr) dialling_->call_off();
    if (connection_) connection_->abort();
}

void followed_upstream::keep_alive() noexcept
{
    keeps_alive_ = true;
    if (connection_) connection_->keep_alive();
}

}  // namespace proxy
