// Keeps the book: opens, closes and serves what the engine tells.
#include "proxy/published_ports.hpp"

#include "proxy/port_changes.hpp"

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

constexpr auto pause_before_asking_again = std::chrono::seconds(1);

std::unique_ptr<open_port> open(const asio::any_io_executor& executor, const published_port& where)
{
    return where.protocol == vmctl::transport::tcp ? open_tcp_port(executor, where)
                                                   : open_udp_port(executor, where);
}

void log_failure(const std::exception_ptr& failure)
{
    spdlog::warn("published ports: {}", vmctl::message_of(failure));
}

}  // namespace

class published_ports::start_in_progress final : public container_start {
public:
    start_in_progress(published_ports& ports, std::string id) : ports_(ports), id_(std::move(id)) {}

    ~start_in_progress() override
    {
        if (!settled_) ports_.start_unsettled(id_);
    }

    asio::awaitable<bool> settle() override
    {
        settled_ = true;
        co_return co_await ports_.settle(id_);
    }

private:
    published_ports& ports_;
    std::string id_;
    bool settled_ = false;
};

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
      emptied_(executor_, asio::steady_timer::time_point::max()),
      following_(executor_),
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
    following_.spawn(follow(containers_), log_failure);
}

void published_ports::engine_lost()
{
    containers_.reset();
    following_.cancel();
    tasks_.cancel();
    entries_.clear();
    for (auto& each : tunnels_) each.abort();
}

asio::awaitable<void> published_ports::stop()
{
    stopping_ = true;
    engine_lost();
    co_await following_.wait();
    co_await tasks_.wait();
    while (!tunnels_.empty()) {
        boost::system::error_code woken;
        co_await emptied_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

asio::awaitable<std::unique_ptr<container_start>> published_ports::admit(std::string container)
{
    std::optional<container_ports> found;
    try {
        found = co_await look_at(std::move(container));
    } catch (const std::exception&) {
        // The engine is no better off with the start itself, and says why.
        log_failure(std::current_exception());
    }
    if (!found || !containers_) co_return nullptr;
    if (!found->obstacle.empty()) throw start_refused(found->obstacle);
    if (!found->running) {
        const auto failure = bind_all(found->wanted, found->id);
        if (!failure.empty()) {
            match_later(found->id);
            throw start_refused(describe_refusal(*found, failure));
        }
    }
    starting_.insert(found->id);
    co_return std::make_unique<start_in_progress>(*this, found->id);
}

asio::awaitable<bool> published_ports::settle(std::string id)
{
    starting_.extract(id);
    std::optional<container_ports> found;
    try {
        found = co_await look_at(id);
    } catch (...) {
        match_later(id);
        throw;
    }
    if (!containers_) co_return false;
    if (!found) {
        // It has ended and was removed (--rm), perhaps before its events could close anything.
        change_ports({.id = id});
        co_return false;
    }
    auto failure = change_ports(*found);
    if (failure.empty()) failure = co_await serve_all_of(id);
    if (failure.empty()) co_return true;
    co_await stop_container(id);
    match_later(id);
    throw start_refused(describe_refusal(*found, failure));
}

void published_ports::start_unsettled(const std::string& id)
{
    starting_.extract(id);
    match_later(id);
}

asio::awaitable<void> published_ports::stop_container(std::string id)
{
    const auto containers = containers_;
    if (!containers) co_return;
    try {
        co_await containers->kill(std::move(id));
    } catch (const std::exception&) {
        log_failure(std::current_exception());
    }
}

// Nothing: there is no such container, or no engine.
asio::awaitable<std::optional<container_ports>> published_ports::look_at(std::string container)
{
    const auto containers = containers_;
    if (!containers) co_return std::nullopt;
    co_return co_await containers->look_at(std::move(container));
}

// As long as the engine is there: a stream that ends is begun anew, and what was missed looked up.
asio::awaitable<void> published_ports::follow(std::shared_ptr<const engine_containers> containers)
{
    asio::steady_timer pause(executor_);
    for (;;) {
        try {
            auto begun = [this, containers] { tasks_.spawn(match_all(containers), log_failure); };
            auto changed = [this](std::string id) { match_later(std::move(id)); };
            co_await containers->follow(std::move(begun), std::move(changed));
        } catch (const std::exception& error) {
            if (vmctl::is_cancellation(std::current_exception())) throw;
            spdlog::debug("published ports: the engine's events have ended: {}", error.what());
        }
        pause.expires_after(pause_before_asking_again);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> published_ports::match_all(std::shared_ptr<const engine_containers> containers
)
{
    const auto running = co_await containers->running();
    std::set<std::string> ids(running.begin(), running.end());
    for (const auto& [port, each] : entries_) ids.insert(each.owner);
    for (const auto& id : ids) co_await match(id);
}

void published_ports::match_later(std::string id)
{
    if (!stopping_) tasks_.spawn(match(std::move(id)), log_failure);
}

// Until it is known: a port of a container that may still run is not closed.
asio::awaitable<std::optional<container_ports>> published_ports::know(std::string id)
{
    asio::steady_timer pause(executor_);
    for (;;) {
        try {
            co_return co_await look_at(id);
        } catch (const std::exception&) {
            if (vmctl::is_cancellation(std::current_exception())) throw;
            log_failure(std::current_exception());
        }
        pause.expires_after(pause_before_asking_again);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> published_ports::match(std::string id)
{
    auto found = co_await know(id);
    if (!containers_) co_return;
    if (!found) found = container_ports{.id = id};
    auto failure = change_ports(*found);
    const auto unserved = co_await serve_all_of(std::move(id));
    if (failure.empty()) failure = unserved;
    if (!failure.empty()) spdlog::warn("container {}: {}", found->name, failure);
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

std::string published_ports::change_ports(const container_ports& container)
{
    port_owners now;
    for (const auto& [port, each] : entries_) now.emplace(port, each.owner);
    const auto changes = changes_for(container, now, starting_.contains(container.id));
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
        found->second.port->serve(target, [this, target](std::unique_ptr<byte_stream> client) {
            carry(std::move(client), target);
        });
        spdlog::debug("published {}", to_string(port));
    }
    co_return failure;
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
