// The table itself, and what is read from the query.
#include "proxy/route_table.hpp"

#include "proxy/api_path.hpp"
#include "proxy/plain_routes.hpp"
#include "proxy/query_text.hpp"

#include <array>
#include <string>

namespace proxy {
namespace {

using vmctl::activity;

struct row {
    std::string_view method;
    std::string_view path;  // a pattern (api_path.hpp)
    route what;
    // When the answer goes on for as long as the client likes.
    enum class stream { never, if_followed, unless_declined } streams = stream::never;
};

constexpr route look{activity::passive};
constexpr route look_at_paths{activity::passive, false, names_paths::no, false, true};
constexpr route inspect{activity::passive, false, names_paths::no, false, false, true};
constexpr route inspect_paths{activity::passive, false, names_paths::no, false, true, true};
constexpr route watch_events{.activity = activity::watching, .stream = stream_kind::events};
constexpr route look_at_logs{.activity = activity::passive, .stream = stream_kind::logs};
constexpr route look_at_stats{.activity = activity::passive, .stream = stream_kind::stats};
constexpr route wait_for_exit{.activity = activity::active, .stream = stream_kind::exit};
constexpr route hijack{activity::active, true};

// What is wrong with a path is told with the path.
constexpr route naming(names_paths what, bool starts = false)
{
    return {activity::active, false, what, starts, true};
}

// moby api/swagger.yaml. HEAD is matched as GET.
constexpr auto table = std::to_array<row>({
    // streams that the engine hijacks
    {"POST", "/containers/*/attach", hijack},
    {"GET", "/containers/*/attach/ws", hijack},
    {"POST", "/exec/*/start", hijack},
    {"POST", "/session", hijack},
    {"POST", "/grpc", hijack},
    // what lasts until a container has ended
    {"POST", "/containers/*/wait", wait_for_exit},
    // what names paths of the client's machine, or starts a container
    {"POST", "/containers/create", naming(names_paths::container)},
    {"POST", "/containers/*/start", naming(names_paths::host_config, true)},
    {"POST", "/containers/*/restart", naming(names_paths::no, true)},
    {"POST", "/volumes/create", naming(names_paths::volume)},
    {"POST", "/services/create", naming(names_paths::service)},
    {"POST", "/services/*/update", naming(names_paths::service)},
    {"POST", "/plugins/**/set", naming(names_paths::plugin)},
    // what watchers poll: it neither uses the engine nor changes anything in it
    {"GET", "/_ping", inspect},
    {"GET", "/version", inspect},
    {"GET", "/info", inspect},
    {"GET", "/events", watch_events},
    {"GET", "/system/df", look_at_paths},
    {"GET", "/containers/json", inspect_paths},
    {"GET", "/containers/*/json", inspect_paths},
    {"GET", "/containers/*/top", look},
    {"GET", "/containers/*/logs", look_at_logs, row::stream::if_followed},
    {"GET", "/containers/*/stats", look_at_stats, row::stream::unless_declined},
    {"GET", "/containers/*/changes", look},
    {"GET", "/exec/*/json", inspect},
    {"GET", "/images/json", inspect},
    {"GET", "/images/**/json", inspect},
    {"GET", "/images/**/history", inspect},
    {"GET", "/networks", inspect},
    {"GET", "/networks/*", inspect},
    {"GET", "/volumes", inspect_paths},
    {"GET", "/volumes/*", inspect_paths},
    {"GET", "/plugins", inspect_paths},
    {"GET", "/plugins/**/json", inspect_paths},
    {"GET", "/swarm", inspect},
    {"GET", "/nodes", inspect},
    {"GET", "/nodes/*", inspect},
    {"GET", "/services", inspect_paths},
    {"GET", "/services/*", inspect_paths},
    {"GET", "/services/*/logs", look, row::stream::if_followed},
    // No event tells that a task has changed.
    {"GET", "/tasks", look_at_paths},
    {"GET", "/tasks/*", look_at_paths},
    {"GET", "/tasks/*/logs", look, row::stream::if_followed},
    {"GET", "/secrets", inspect},
    {"GET", "/secrets/*", inspect},
    {"GET", "/configs", inspect},
    {"GET", "/configs/*", inspect},
});

constexpr auto method_names = std::to_array<std::string_view>({
    "other",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
});

constexpr std::size_t count_of_routes = 1 + table.size() + plain_routes.size();
static_assert(count_of_routes <= 256);

std::uint8_t number_in_table(std::size_t place)
{
    return static_cast<std::uint8_t>(1 + place);
}

std::uint8_t number_in_plain(std::size_t place)
{
    return static_cast<std::uint8_t>(1 + table.size() + place);
}

request_method method_of(std::string_view name)
{
    for (std::size_t each = 1; each < method_names.size(); ++each)
        if (method_names.at(each) == name) return static_cast<request_method>(each);
    return request_method::other;
}

// Does the answer go on until its client has enough? As moby reads the query
// (daemon/server/httputils/form.go, BoolValue and BoolValueOrDefault).
bool is_followed(row::stream streams, std::string_view query)
{
    switch (streams) {
        case row::stream::if_followed:
            return is_true(query_value(query, "follow").value_or(""));
        case row::stream::unless_declined:
            return is_true(query_value(query, "stream").value_or("1"));
        case row::stream::never:
            break;
    }
    return false;
}

// Which may be meant by the path that is mounted.
bool filters_by_volume(std::string_view query)
{
    const auto filters = query_value(query, "filters");
    return filters && filters->find("\"volume\"") != std::string::npos;
}

}  // namespace

named_route find_named_route(std::string_view method, std::string_view target)
{
    named_route named;
    named.name.method = method_of(method);
    const auto path = api_path(target);
    if (!path.starts_with('/')) return named;
    if (method == "HEAD") method = "GET";
    for (std::size_t place = 0; place < table.size(); ++place) {
        const auto& [row_method, row_path, what, streams] = table.at(place);
        if (row_method != method || !matches(row_path, path)) continue;
        named.name.route = number_in_table(place);
        auto& found = named.what;
        found = what;
        const auto query = query_of(target);
        if (is_followed(streams, query))
            found.activity = activity::watching;
        else if (streams != row::stream::never)
            found.stream = stream_kind::none;
        // What is written in a container changes its size, what a task does its service's status;
        // no event tells of either.
        if (asked_for_in_query(query, "size") || asked_for_in_query(query, "status"))
            found.lasting = false;
        if (row_path == "/containers/json" && filters_by_volume(query))
            found.names = names_paths::filter;
        return named;
    }
    for (std::size_t place = 0; place < plain_routes.size(); ++place) {
        const auto& each = plain_routes.at(place);
        if (each.method != method || !matches(each.path, path)) continue;
        named.name.route = number_in_plain(place);
        break;
    }
    return named;
}

route find_route(std::string_view method, std::string_view target)
{
    return find_named_route(method, target).what;
}

std::string_view to_string(request_method method)
{
    return method_names.at(static_cast<std::size_t>(method));
}

std::size_t route_count()
{
    return count_of_routes;
}

std::string route_pattern(std::uint8_t route)
{
    if (route == 0) return "other";
    const std::size_t place = std::size_t{route} - 1;
    return shown(
        place < table.size() ? table.at(place).path : plain_routes.at(place - table.size()).path
    );
}

std::string_view container_in(std::string_view target)
{
    auto path = api_path(target);
    take_segment(path);
    return path.empty() ? path : take_segment(path);
}

}  // namespace proxy
