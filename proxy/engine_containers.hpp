// What Gangway asks the engine about its containers, and what the engine tells by itself.
#pragma once

#include "proxy/container_ports.hpp"
#include "proxy/dialer.hpp"
#include "proxy/engine_query.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace proxy {

// What a line of GET /events is about.
struct engine_event {
    enum class subject { nothing, container, service };

    subject about = subject::nothing;
    std::string id = {};
    bool operator==(const engine_event&) const = default;
};

// Of containers: one that starts, ends or is removed. Of services: whatever happens to one. Pure.
engine_event parse_event(std::string_view line);

// Those in the answer to GET /containers/json. Pure.
std::vector<std::string> containers_in(std::string_view list);

// One engine. Every call throws dial_error or boost::system::system_error (timed_out after ten
// seconds) when there is no answer, and may be cancelled (terminal).
class engine_containers {
public:
    // `dialer` must outlive what is asked.
    engine_containers(dialer& dialer, vmctl::engine_address address)
        : dialer_(dialer), address_(std::move(address))
    {
    }

    // `container` as a path names it. Nothing: there is none of that name.
    boost::asio::awaitable<std::optional<container_ports>> look_at(std::string container) const;

    // Nothing: the engine does not tell.
    boost::asio::awaitable<std::optional<std::vector<std::string>>> running() const;

    // What services publish; nothing, too, when the engine is no manager of a swarm.
    boost::asio::awaitable<std::vector<published_port>> service_ports() const;

    boost::asio::awaitable<void> kill(std::string container) const;

    // With its anonymous volumes.
    boost::asio::awaitable<void> remove(std::string container) const;

    // Until the engine ends it: `begun` once nothing is missed any more, `changed` with each event,
    // also those without a subject. Has no time limit.
    boost::asio::awaitable<void> follow(
        std::function<void()> begun, std::function<void(const engine_event& event)> changed
    ) const;

private:
    boost::asio::awaitable<engine_answer> ask(std::string request) const;

    dialer& dialer_;
    vmctl::engine_address address_;
};

}  // namespace proxy
