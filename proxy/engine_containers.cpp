// The questions and the reading of their answers.
#include "proxy/engine_containers.hpp"

#include "vmctl/deadline.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace asio = boost::asio;

namespace proxy {
namespace {

using nlohmann::json;

constexpr auto patience = std::chrono::seconds(10);

// The text at `where`; empty: none.
std::string text_at(const json& document, const json::json_pointer& where)
{
    return document.contains(where) && document[where].is_string()
               ? document[where].get<std::string>()
               : "";
}

}  // namespace

engine_event parse_event(std::string_view line)
{
    using enum engine_event::subject;
    const auto event = json::parse(line, nullptr, false);
    auto id = text_at(event, "/Actor/ID"_json_pointer);
    const auto type = text_at(event, "/Type"_json_pointer);
    const auto action = text_at(event, "/Action"_json_pointer);
    if (id.empty()) return {};
    if (type == "service") return {service, std::move(id)};
    const bool matters = action == "start" || action == "die" || action == "destroy";
    if (type == "container" && matters) return {container, std::move(id)};
    return {};
}

std::vector<std::string> containers_in(std::string_view list)
{
    std::vector<std::string> ids;
    const auto containers = json::parse(list, nullptr, false);
    if (!containers.is_array()) return ids;
    for (const auto& each : containers)
        if (each.is_object() && each.contains("Id") && each["Id"].is_string())
            ids.push_back(each["Id"].get<std::string>());
    return ids;
}

asio::awaitable<engine_answer> engine_containers::ask(std::string request) const
{
    auto asking = ask_engine(dialer_, address_, std::move(request));
    co_return co_await vmctl::with_deadline(patience, std::move(asking));
}

asio::awaitable<std::optional<container_ports>> engine_containers::look_at(std::string container
) const
{
    const auto answer = co_await ask("GET /containers/" + container + "/json");
    if (answer.status == 404) co_return std::nullopt;
    auto found = parse_container(answer.body);
    if (!found) throw dial_error("the engine does not tell what " + container + " publishes");
    co_return found;
}

asio::awaitable<std::optional<std::vector<std::string>>> engine_containers::running() const
{
    constexpr int ok = 200;
    const auto answer = co_await ask("GET /containers/json");
    if (answer.status != ok) co_return std::nullopt;
    co_return containers_in(answer.body);
}

asio::awaitable<std::vector<published_port>> engine_containers::service_ports() const
{
    const auto answer = co_await ask("GET /services");
    co_return parse_services(answer.body);
}

asio::awaitable<void> engine_containers::kill(std::string container) const
{
    co_await ask("POST /containers/" + container + "/kill");
}

asio::awaitable<void> engine_containers::remove(std::string container) const
{
    co_await ask("DELETE /containers/" + container + "?force=1&v=1");
}

asio::awaitable<void> engine_containers::follow(
    std::function<void()> begun, std::function<void(const engine_event& event)> changed
) const
{
    auto take = [changed = std::move(changed)](std::string_view line) {
        changed(parse_event(line));
    };
    co_await follow_engine(dialer_, address_, "GET /events", std::move(begun), std::move(take));
}

}  // namespace proxy
