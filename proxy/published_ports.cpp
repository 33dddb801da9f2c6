// Asks the engine, and opens and closes.
#include "proxy/published_ports.hpp"

#include "proxy/engine_query.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

using nlohmann::json;

// An engine that does not answer a simple question for so long is asked again.
constexpr auto patience = std::chrono::seconds(10);

constexpr auto pause_before_asking_again = std::chrono::seconds(1);

// {"type":["container"],"event":["start","die","destroy"]}
constexpr const char* events =
    "GET /events?filters=%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22start%22%2C"
    "%22die%22%2C%22destroy%22%5D%7D";

std::unique_ptr<open_port> open(const asio::any_io_executor& executor, const published_port& where)
{
    return where.protocol == vmctl::transport::tcp ? open_tcp_port(executor, where)
                                                   : open_udp_port(executor, where);
}

// A host without IPv6 loses nothing by a port that is open on all its addresses.
bool is_missing_ipv6(const published_port& where, const boost::system::error_code& why)
{
    using boost::system::errc::errc_t;
    return where.address == "::" &&
           (why == errc_t::address_family_not_supported || why == errc_t::address_not_available);
}

// As dockerd says it (moby libnetwork/portmapper), with what it does not say about privileges.
std::string describe_failure(const published_port& where, const boost::system::error_code& why)
{
    using boost::system::errc::errc_t;
    auto reason = why.message();
    if (reason.starts_with("Cannot")) reason.front() = 'c';  // as Go writes it
    if (why == errc_t::address_in_use) {
        reason = "address already in use";
    } else if (why == errc_t::permission_denied) {
        reason =
            "permission denied; this host keeps ports below 1024 for root: publish a higher "
            "one, or allow it with `sysctl net.ipv4.ip_unprivileged_port_start=" +
            std::to_string(where.port) + "`";
    }
    return "listen " + to_string(where) + ": bind: " + reason;
}

start_refused refusal_of(const container_ports& container, const std::string& failure)
{
    return start_refused(
        "driver failed programming external connectivity on endpoint " + container.name + " (" +
        container.id + "): Error starting userland proxy: " + failure
    );
}

std::vector<std::string> ids_in(std::string_view list)
{
    std::vector<std::string> ids;
    const auto containers = json::parse(list, nullptr, false);
    if (!containers.is_array()) return ids;
    for (const auto& each : containers)
        if (each.is_object() && each.contains("Id") && each["Id"].is_string())
            ids.push_back(each["Id"].get<std::string>());
    return ids;
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
    address_ = address;
    following_.spawn(follow(std::move(address)), log_failure);
}

void published_ports::engine_lost()
{
    address_.reset();
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
    if (!found || !address_) co_return nullptr;
    if (!found->obstacle.empty()) throw start_refused(found->obstacle);
    if (!found->running) {
        const auto failure = bind_all(found->wanted, found->id);
        if (!failure.empty()) {
            match_later(found->id);
            throw refusal_of(*found, failure);
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
    if (!address_) co_return false;
    if (!found) {
        // It has ended and was removed (--rm), perhaps before its events could close anything.
        keep_only({.id = id});
        co_return false;
    }
    auto failure = keep_only(*found);
    if (failure.empty()) failure = co_await serve_all_of(id);
    if (failure.empty()) co_return true;
    co_await stop_container(id);
    match_later(id);
    throw refusal_of(*found, failure);
}

void published_ports::start_unsettled(const std::string& id)
{
    starting_.extract(id);
    match_later(id);
}

asio::awaitable<void> published_ports::stop_container(std::string id)
{
    if (!address_) co_return;
    auto asking = ask_engine(dialer_, *address_, "POST /containers/" + id + "/kill");
    try {
        co_await vmctl::with_deadline(patience, std::move(asking));
    } catch (const std::exception&) {
        log_failure(std::current_exception());
    }
}

// Nothing: there is no such container, or no engine.
asio::awaitable<std::optional<container_ports>> published_ports::look_at(std::string container)
{
    if (!address_) co_return std::nullopt;
    auto asking = ask_engine(dialer_, *address_, "GET /containers/" + container + "/json");
    const auto answer = co_await vmctl::with_deadline(patience, std::move(asking));
    if (answer.status == 404) co_return std::nullopt;
    auto found = parse_container(answer.body);
    if (!found) throw dial_error("the engine does not tell what " + container + " publishes");
    co_return found;
}

// As long as the engine is there: a stream that ends is begun anew, and what was missed looked up.
asio::awaitable<void> published_ports::follow(vmctl::engine_address address)
{
    asio::steady_timer pause(executor_);
    for (;;) {
        try {
            auto begun = [this] { tasks_.spawn(match_all(), log_failure); };
            auto take = [this](std::string_view line) { take_event(line); };
            co_await follow_engine(dialer_, address, events, std::move(begun), std::move(take));
        } catch (const std::exception& error) {
            if (vmctl::is_cancellation(std::current_exception())) throw;
            spdlog::debug("published ports: the engine's events have ended: {}", error.what());
        }
        pause.expires_after(pause_before_asking_again);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

void published_ports::take_event(std::string_view line)
{
    const auto event = json::parse(line, nullptr, false);
    const auto id = "/Actor/ID"_json_pointer;
    if (event.contains(id) && event[id].is_string()) match_later(event[id].get<std::string>());
}

asio::awaitable<void> published_ports::match_all()
{
    if (!address_) co_return;
    auto asking = ask_engine(dialer_, *address_, "GET /containers/json");
    const auto answer = co_await vmctl::with_deadline(patience, std::move(asking));
    std::set<std::string> ids;
    for (auto& id : ids_in(answer.body)) ids.insert(std::move(id));
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
    if (!address_) co_return;
    if (!found) found = container_ports{.id = id};
    auto failure = keep_only(*found);
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
            if (is_missing_ipv6(where, error.code())) continue;
            if (failure.empty()) failure = describe_failure(where, error.code());
        }
    }
    return failure;
}

// What the container does not publish now is closed, unless it is about to start.
std::string published_ports::keep_only(const container_ports& container)
{
    const bool starts = starting_.contains(container.id);
    const auto& open_now = container.open;
    const auto is_open = [&open_now, &container](const published_port& port) {
        return container.running && std::ranges::find(open_now, port) != open_now.end();
    };
    for (auto each = entries_.begin(); each != entries_.end();) {
        if (each->second.owner != container.id || starts || is_open(each->first)) {
            ++each;
            continue;
        }
        const bool served = each->second.serving;
        const auto guest = in_guest(each->first);
        each = entries_.erase(each);
        if (served) tasks_.spawn(end_forward(guest), log_failure);
    }
    if (!container.running) return {};
    // The engine says whose they are.
    for (const auto& port : open_now)
        if (const auto found = entries_.find(port); found != entries_.end())
            found->second.owner = container.id;
    return bind_all(open_now, container.id);
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
