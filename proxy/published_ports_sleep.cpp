// Ports while the engine sleeps: they stay ours, and who comes wakes it.
#include "proxy/published_ports.hpp"
#include "vmctl/held_flag.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace asio = boost::asio;

namespace proxy {

void published_ports::engine_rests()
{
    rests_ = true;
    for (auto& [where, each] : entries_)
        each.port->rest([this, asked_for = where] { wake_for(asked_for); });
}

void published_ports::engine_back()
{
    rests_ = false;
    back_.cancel();
    for (auto& [where, each] : entries_)
        if (each.serving) serve(each);
}

void published_ports::engine_saved()
{
    containers_.reset();
    tasks_.cancel();
    host_network_.forget();
    looks_.forget();
    for (auto& [where, each] : entries_) each.serving = false;
    for (auto& each : tunnels_) each.abort();
}

void published_ports::engine_found_asleep(const port_owners& ports)
{
    for (const auto& [where, owner] : ports) {
        const auto failure = bind_all({where}, owner);
        if (!failure.empty()) spdlog::warn("container {:.12}: {}", owner, failure);
    }
    engine_rests();
}

void published_ports::wake_for(published_port where)
{
    if (!stopping_ && !std::exchange(waking_, true))
        tasks_.spawn(wake(std::move(where)), log_failure);
}

// Who came is served when the engine is back.
asio::awaitable<void> published_ports::wake(published_port where)
{
    const vmctl::held_flag waking(waking_);
    vmctl::requester who;
    who.request = "a connection to " + to_string(where);
    who.reason = vmctl::wake_reason::port;
    try {
        const auto use = co_await engine_.acquire(std::move(who), vmctl::activity::active);
        co_return;
    } catch (const vmctl::engine_unavailable& error) {
        spdlog::warn("{} is not served: {}", to_string(where), error.what());
    }
    for (auto& [port, each] : entries_) each.port->turn_away();
    engine_rests();
}

}  // namespace proxy
