// The accept loops, and how sessions end with the server.
#include "proxy/server.hpp"

#include "proxy/heap.hpp"
#include "proxy/socket_stream.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

std::string what_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code().message();  // what() adds a line of our source
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown exception";
    }
}

}  // namespace

server::server(
    asio::any_io_executor executor,
    std::vector<std::unique_ptr<listener>> listeners,
    vmctl::engine& engine,
    dialer& dialer,
    session_limits limits
)
    : tools_(executor),
      listeners_(std::move(listeners)),
      engine_(engine),
      dialer_(dialer),
      limits_(limits),
      emptied_(executor, asio::steady_timer::time_point::max()),
      sweep_(executor),
      accepting_(executor)
{
    prepare_socket_streams(executor);
    for (const auto& from : listeners_) {
        const auto name = from->name();
        for (const std::string_view scheme : {"unix://", "npipe://"})
            if (name.starts_with(scheme))
                tools_.docker_sockets.push_back(name.substr(scheme.size()));
    }
}

void server::start(std::function<void(std::string)> failed)
{
    for (const auto& from : listeners_) {
        accepting_.spawn(
            accept_from(*from),
            [name = from->name(), failed](std::exception_ptr failure) {
                failed(name + " cannot be served any more: " + what_of(failure));
            }
        );
    }
}

asio::awaitable<void> server::accept_from(listener& from)
{
    for (;;) {
        auto client = co_await from.accept();
        serve(std::move(client));
    }
}

void server::serve(client_connection client)
{
    const auto one =
        sessions_.emplace(sessions_.end(), tools_, std::move(client), engine_, dialer_, limits_);
    ++tools_.counted.sessions;
    crowd_.came(sessions_.size());
    keep_lasting_alive();
    one->start([this, one](const std::exception_ptr& failure) {
        if (failure && !vmctl::is_cancellation(failure)) {
            // How a connection breaks is its two ends' business; this helps who looks for it.
            spdlog::debug("a session of pid {} broke: {}", one->client().pid, what_of(failure));
        }
        sessions_.erase(one);
        session_ended();
    });
}

// One timer for all, and none while nobody comes.
void server::keep_lasting_alive()
{
    if (std::exchange(sweep_pending_, true)) return;
    sweep_.expires_after(limits_.keep_alive_after);
    sweep_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled) return;
        sweep_pending_ = false;
        // They stand in the order of their coming.
        for (auto one = sessions_.rbegin(); one != sessions_.rend() && !one->keeps_alive(); ++one) {
            one->keep_alive();
        }
    });
}

void server::session_ended()
{
    if (sessions_.empty()) emptied_.cancel();
    if (crowd_.went(sessions_.size())) return_free_memory();
}

asio::awaitable<void> server::sessions_ended()
{
    while (!sessions_.empty()) {
        boost::system::error_code woken;
        co_await emptied_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

std::vector<vmctl::requester> server::in_flight() const
{
    std::vector<vmctl::requester> all;
    for (const auto& each : sessions_)
        if (each.in_flight()) all.push_back(each.requester_now());
    return all;
}

server::occupation server::occupied() const
{
    occupation now;
    for (const auto& each : sessions_) {
        if (each.in_flight()) ++now.in_flight;
        switch (each.stream()) {
            case open_stream::none:
                break;
            case open_stream::hijacked:
                ++now.hijacked;
                break;
            case open_stream::answer:
                ++now.answers;
                break;
            case open_stream::raw:
                ++now.raw;
                break;
        }
    }
    return now;
}

void server::engine_leaves()
{
    for (auto& each : sessions_) each.let_go();
}

void server::streams_pause()
{
    for (auto& each : sessions_) each.lose_stream();
}

void server::engine_saved()
{
    streams_pause();
    for (auto& each : sessions_) {
        each.let_go();
        if (each.connected()) each.abort();
    }
}

void server::engine_lost()
{
    if (tools_.known) tools_.known->forget();
    engine_saved();
}

asio::awaitable<void> server::stop(std::chrono::steady_clock::duration grace)
{
    accepting_.cancel();
    co_await accepting_.wait();
    sweep_.cancel();
    listeners_.clear();
    for (auto& each : sessions_) {
        if (!each.in_flight()) each.abort();
    }
    bool ended = true;
    try {
        co_await vmctl::with_deadline(grace, sessions_ended());
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::timed_out) throw;
        ended = false;
    }
    if (ended) co_return;
    for (auto& each : sessions_) each.abort();
    co_await sessions_ended();
}

}  // namespace proxy
