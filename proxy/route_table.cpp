// The table itself, and how a request target is matched against it.
#include "proxy/route_table.hpp"

#include "proxy/query_text.hpp"

#include <array>
#include <optional>
#include <string>

namespace proxy {
namespace {

using vmctl::activity;

// In a path `*` stands for one segment and `**` for one or more (image names hold slashes).
struct row {
    std::string_view method;
    std::string_view path;
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

constexpr route naming(names_paths what, bool starts = false)
{
    return {activity::active, false, what, starts};
}

constexpr route naming_and_shown(names_paths what)
{
    return {activity::active, false, what, false, true};
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
    {"POST", "/volumes/create", naming_and_shown(names_paths::volume)},
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

// "/a/b" -> "a", leaving "/b".
std::string_view take_segment(std::string_view& path)
{
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

bool matches(std::string_view pattern, std::string_view path)
{
    while (!pattern.empty() && !path.empty()) {
        const auto wanted = take_segment(pattern);
        if (wanted == "**") {
            // The rest of the pattern is fixed: it must be the end of the path, after one segment.
            return path.size() > pattern.size() + 1 && path.ends_with(pattern);
        }
        const auto segment = take_segment(path);
        if (segment.empty() || (wanted != "*" && wanted != segment)) return false;
    }
    return pattern.empty() && path.empty();
}

std::string_view path_of(std::string_view target)
{
    if (const auto scheme = target.find("://");
        scheme != std::string_view::npos && target[0] != '/') {
        target.remove_prefix(scheme + 3);
        const auto slash = target.find('/');
        target.remove_prefix(slash == std::string_view::npos ? target.size() : slash);
    }
    return target.substr(0, target.find('?'));
}

// Without "/v1.41"; moby matches versions as [0-9.]+ (daemon/server/server.go).
std::string_view without_version(std::string_view path)
{
    if (!path.starts_with("/v")) return path;
    const auto end = path.find_first_not_of("0123456789.", 2);
    if (end == std::string_view::npos || end == 2 || path[end] != '/') return path;
    return path.substr(end);
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

}  // namespace

route find_route(std::string_view method, std::string_view target)
{
    const auto path = without_version(path_of(target));
    if (!path.starts_with('/')) return {};
    if (method == "HEAD") method = "GET";
    for (const auto& [row_method, row_path, what, streams] : table) {
        if (row_method != method || !matches(row_path, path)) continue;
        auto found = what;
        const auto query = query_of(target);
        if (is_followed(streams, query))
            found.activity = activity::watching;
        else if (streams != row::stream::never)
            found.stream = stream_kind::none;
        // What is written in a container changes its size, what a task does its service's status;
        // no event tells of either.
        if (asked_for_in_query(query, "size") || asked_for_in_query(query, "status"))
            found.lasting = false;
        return found;
    }
    return {};
}

std::string_view container_in(std::string_view target)
{
    auto path = without_version(path_of(target));
    take_segment(path);
    return path.empty() ? path : take_segment(path);
}

}  // namespace proxy
