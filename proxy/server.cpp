// The accept loops, and how sessions end with the server.
#include "proxy/server.hpp"

#include "vmctl/deadline.hpp"

#include <boost/asio/error.hpp>
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

// Takes a session off the list, however it ends.
class leave {
public:
    leave(std::list<session*>& sessions, std::list<session*>::iterator place)
        : sessions_(sessions), place_(place)
    {
    }

    leave(const leave&) = delete;
    leave& operator=(const leave&) = delete;

    ~leave() { sessions_.erase(place_); }

private:
    std::list<session*>& sessions_;
    std::list<session*>::iterator place_;
};

}  // namespace

server::server(
    asio::any_io_executor executor,
    std::vector<std::unique_ptr<listener>> listeners,
    vmctl::engine& engine,
    dialer& dialer,
    session_limits limits
)
    : executor_(executor),
      listeners_(std::move(listeners)),
      engine_(engine),
      dialer_(dialer),
      limits_(limits),
      accepting_(executor),
      serving_(executor)
{
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
        const auto who = client.who;
        serving_.spawn(serve(std::move(client)), [who](std::exception_ptr failure) {
            // How a connection breaks is the business of its two ends; this helps who looks for it.
            spdlog::debug(
                "session of {} (pid {}) broke: {}", who.command, who.pid, what_of(failure)
            );
        });
    }
}

asio::awaitable<void> server::serve(client_connection client)
{
    session one(executor_, std::move(client), engine_, dialer_, limits_);
    const auto place = sessions_.insert(sessions_.end(), &one);

    const leave at_end(sessions_, place);
    co_await one.run();
}

void server::engine_leaves()
{
    for (auto* each : sessions_) {
        if (each->connected() && !each->in_flight()) each->abort();
    }
}

void server::engine_lost()
{
    for (auto* each : sessions_) {
        if (each->connected()) each->abort();
    }
}

asio::awaitable<void> server::stop(std::chrono::steady_clock::duration grace)
{
    accepting_.cancel();
    co_await accepting_.wait();
    listeners_.clear();
    for (auto* each : sessions_) {
        if (!each->in_flight()) each->abort();
    }
    bool ended = true;
    try {
        co_await vmctl::with_deadline(grace, serving_.wait());
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::timed_out) throw;
        ended = false;
    }
    if (ended) co_return;
    serving_.cancel();
    co_await serving_.wait();
}

}  // namespace proxy
