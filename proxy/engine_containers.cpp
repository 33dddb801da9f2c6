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

// {"type":["container"],"event":["start","die","destroy"]}
constexpr const char* events =
    "GET /events?filters=%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22start%22%2C"
    "%22die%22%2C%22destroy%22%5D%7D";

}  // namespace

std::string container_of_event(std::string_view line)
{
    const auto event = json::parse(line, nullptr, false);
    const auto id = "/Actor/ID"_json_pointer;
    return event.contains(id) && event[id].is_string() ? event[id].get<std::string>() : "";
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

asio::awaitable<std::vector<std::string>> engine_containers::running() const
{
    const auto answer = co_await ask("GET /containers/json");
    co_return containers_in(answer.body);
}

asio::awaitable<void> engine_containers::kill(std::string container) const
{
    co_await ask("POST /containers/" + container + "/kill");
}

asio::awaitable<void> engine_containers::follow(
    std::function<void()> begun, std::function<void(std::string id)> changed
) const
{
    auto take = [changed = std::move(changed)](std::string_view line) {
        auto id = container_of_event(line);
        if (!id.empty()) changed(std::move(id));
    };
    co_await follow_engine(dialer_, address_, events, std::move(begun), std::move(take));
}

}  // namespace proxy
