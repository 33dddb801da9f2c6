// Keeps the book: opens, closes and serves what the engine tells.
#include "proxy/published_ports.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// Owners that are no containers, beside the ids of those.
constexpr const char* host_network_owner = "--network host";
constexpr const char* services_owner = "swarm services";

constexpr auto pause_before_asking_again = std::chrono::seconds(1);

std::unique_ptr<open_port> open(const asio::any_io_executor& executor, const published_port& where)
{
    return where.protocol == vmctl::transport::tcp ? open_tcp_port(executor, where)
                                                   : open_udp_port(executor, where);
}

}  // namespace

void published_ports::log_failure(const std::exception_ptr& failure)
{
    spdlog::warn("published ports: {}", vmctl::message_of(failure));
}

published_ports::published_ports(
    asio::any_io_executor executor,
    vmctl::engine& engine,
    dialer& dialer,
    vmctl::port_forwarding& way
)
    : executor_(std::move(executor)),
      tools_(executor_),
      engine_(engine),
      dialer_(dialer),
      way_(way),
      host_network_(
          executor_,
          dialer,
          way,
          [this](const std::vector<std::uint16_t>& open) { host_network_changed(open); }
      ),
      back_(executor_, asio::steady_timer::time_point::max()),
      emptied_(executor_, asio::steady_timer::time_point::max()),
      tasks_(executor_)
{
}

published_ports::~published_ports()
{
    assert(tunnels_.empty() && "stop() must have returned");
}

void published_ports::engine_ready(vmctl::engine_address address)
{
    containers_ = std::make_shared<const engine_containers>(dialer_, std::move(address));
    rests_ = false;
}

void published_ports::engine_lost()
{
    containers_.reset();
    tasks_.cancel();
    host_network_.forget();
    looks_.forget();
    entries_.clear();
    for (auto& each : tunnels_) each.abort();
}

asio::awaitable<void> published_ports::stop()
{
    stopping_ = true;
    engine_lost();
    co_await host_network_.stop();
    co_await tasks_.wait();
    while (!tunnels_.empty()) {
        boost::system::error_code woken;
        co_await emptied_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

// Nothing: there is no such container, or no engine.
asio::awaitable<std::optional<container_ports>> published_ports::look_at(std::string owner)
{
    const auto containers = containers_;
    if (!containers) co_return std::nullopt;
    if (owner == services_owner) {
        container_ports all{.id = owner, .name = owner, .running = true};
        all.open = co_await containers->service_ports();
        co_return all;
    }
    co_return co_await containers->look_at(std::move(owner));
}

void published_ports::watched(std::shared_ptr<const engine_containers> containers)
{
    if (!stopping_) tasks_.spawn(match_all(std::move(containers)), log_failure);
}

void published_ports::changed(const engine_event& event)
{
    using enum engine_event::subject;
    if (event.about == nothing) return;
    // That the engine leaves its swarm is told by nothing but the services' containers.
    if (event.about == service || owns_any(services_owner)) match_later(services_owner);
    if (event.about == container) match_later(event.id);
}

asio::awaitable<void> published_ports::match_all(std::shared_ptr<const engine_containers> containers
)
{
    const auto running = co_await containers->running();
    std::set<std::string> ids;
    if (running) ids.insert(running->begin(), running->end());
    ids.insert(services_owner);
    ids.insert(host_network_.containers().begin(), host_network_.containers().end());
    for (const auto& [port, each] : entries_)
        if (each.owner != host_network_owner) ids.insert(each.owner);
    for (const auto& id : ids) co_await match(id);
    // Nobody else closes them: what was known of those containers may be from before a sleep.
    if (!host_network_.containers().empty()) co_return;
    container_ports none{.id = host_network_owner};
    co_await match_to(std::move(none));
}

void published_ports::match_later(std::string owner)
{
    if (!stopping_) tasks_.spawn(match(std::move(owner)), log_failure);
}

bool published_ports::owns_any(std::string_view owner) const
{
    return std::ranges::any_of(entries_, [owner](const auto& each) {
        return each.second.owner == owner;
    });
}

// Until it is known: a port of a container that may still run is not closed.
asio::awaitable<std::optional<container_ports>> published_ports::know(std::string owner)
{
    asio::steady_timer pause(executor_);
    for (;;) {
        try {
            co_return co_await look_at(owner);
        } catch (const std::exception&) {
            if (vmctl::is_cancellation(std::current_exception())) throw;
            if (!rests_) log_failure(std::current_exception());
        }
        if (rests_) {
            boost::system::error_code woken;
            co_await back_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            continue;
        }
        pause.expires_after(pause_before_asking_again);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> published_ports::match(std::string owner)
{
    auto turn = looks_.take(owner);
    if (!turn) co_return;
    do {
        co_await match_once(owner);
    } while (turn->asked_again());
}

asio::awaitable<void> published_ports::match_once(std::string owner)
{
    const auto asked = containers_;
    auto found = co_await know(owner);
    if (!asked || containers_ != asked) co_return;
    if (!found) found = container_ports{.id = owner};
    if (found->running && found->on_host_network) {
        host_network_.add(owner);
    } else {
        host_network_.remove(owner);
    }
    co_await match_to(std::move(*found));
}

asio::awaitable<void> published_ports::match_to(container_ports container)
{
    auto failure = change_ports(container);
    const auto unserved = co_await serve_all_of(container.id);
    if (failure.empty()) failure = unserved;
    if (!failure.empty()) spdlog::warn("container {}: {}", container.name, failure);
}

void published_ports::host_network_changed(const std::vector<std::uint16_t>& ports)
{
    container_ports all{.id = host_network_owner, .name = host_network_owner, .running = true};
    for (const auto port : ports) all.open.push_back({vmctl::transport::tcp, "127.0.0.1", port});
    if (!stopping_) tasks_.spawn(match_to(std::move(all)), log_failure);
}

std::string published_ports::bind_all(
    const std::vector<published_port>& ports, const std::string& owner
)
{
    std::string failure;
    for (const auto& where : ports) {
        // Another container's: if that still has it, the engine refuses this one in its own words.
        if (entries_.contains(where)) continue;
        try {
            entries_.emplace(where, entry{owner, open(executor_, where)});
        } catch (const boost::system::system_error& error) {
            if (is_dispensable(where, error.code())) continue;
            if (failure.empty()) failure = describe_failure(where, error.code());
        }
    }
    return failure;
}

port_owners published_ports::owners() const
{
    port_owners all;
    for (const auto& [port, each] : entries_) all.emplace(port, each.owner);
    return all;
}

std::string published_ports::change_ports(const container_ports& container)
{
    const auto changes = changes_for(container, owners(), starting_.contains(container.id));
    for (const auto& port : changes.close) {
        const bool served = entries_.at(port).serving;
        entries_.erase(port);
        if (served) tasks_.spawn(end_forward(in_guest(port)), log_failure);
    }
    for (const auto& port : changes.adopt) entries_.at(port).owner = container.id;
    return bind_all(changes.open, container.id);
}

asio::awaitable<void> published_ports::end_forward(vmctl::guest_port port)
{
    // Whoever needs the way after this look asks for it after this end of it.
    const auto leads_there = [&port](const auto& each) { return in_guest(each.first) == port; };
    if (std::ranges::any_of(entries_, leads_there)) co_return;
    co_await way_.end_forward(std::move(port));
}

asio::awaitable<std::string> published_ports::serve_all_of(std::string id)
{
    std::string failure;
    std::vector<published_port> waiting;
    for (const auto& [port, each] : entries_)
        if (each.owner == id && !each.serving && !starting_.contains(id)) waiting.push_back(port);
    for (const auto& port : waiting) {
        std::uint16_t target = 0;
        try {
            target = co_await way_.forward(in_guest(port));
        } catch (const std::runtime_error& error) {
            if (vmctl::is_cancellation(std::current_exception())) throw;
            if (failure.empty()) failure = "forward " + to_string(port) + ": " + error.what();
            // Who connected would wait for ever.
            entries_.erase(port);
            continue;
        }
        const auto found = entries_.find(port);
        if (found == entries_.end() || std::exchange(found->second.serving, true)) continue;
        found->second.target = target;
        serve(found->second);
        spdlog::debug("published {}", to_string(port));
    }
    co_return failure;
}

void published_ports::serve(entry& one)
{
    one.port->serve(one.target, [this, target = one.target](std::unique_ptr<byte_stream> client) {
        carry(std::move(client), target);
    });
}

void published_ports::carry(std::unique_ptr<byte_stream> client, std::uint16_t target)
{
    auto use = engine_.acquire_now(vmctl::activity::active);
    if (!use) return;
    vmctl::engine_address address;
    address.endpoint = config::tcp_endpoint{"127.0.0.1", target};
    const auto one = tunnels_.emplace(
        tunnels_.end(), tools_, std::move(client), std::move(address), std::move(*use)
    );
    one->start(dialer_, [this, one] {
        tunnels_.erase(one);
        if (tunnels_.empty()) emptied_.cancel();
    });
}

}  // namespace proxy
