// How requests are classified.
#include "proxy/route_table.hpp"

#include "proxy/error_reply.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <tuple>

using namespace proxy;
using vmctl::activity;

namespace proxy {

std::ostream& operator<<(std::ostream& out, const route& value)
{
    constexpr std::array kinds{"passive", "watching", "active"};
    return out << kinds.at(static_cast<std::size_t>(value.activity))
               << (value.may_hijack ? " may hijack" : "") << " names "
               << static_cast<int>(value.names) << (value.starts ? " starts" : "")
               << (value.shows_paths ? " shows paths" : "") << (value.lasting ? " lasting" : "")
               << " stream " << static_cast<int>(value.stream);
}

}  // namespace proxy

TEST_CASE("requests find their route")
{
    constexpr route look{activity::passive};
    constexpr route look_at_paths{activity::passive, false, names_paths::no, false, true};
    constexpr route inspect{activity::passive, false, names_paths::no, false, false, true};
    constexpr route inspect_paths{activity::passive, false, names_paths::no, false, true, true};
    constexpr route watch{activity::watching};
    const auto followed = [](activity kind, stream_kind stream) {
        route what{kind};
        what.stream = stream;
        return what;
    };
    const auto watch_events = followed(activity::watching, stream_kind::events);
    const auto watch_logs = followed(activity::watching, stream_kind::logs);
    const auto watch_stats = followed(activity::watching, stream_kind::stats);
    const auto wait = followed(activity::active, stream_kind::exit);
    constexpr route use{activity::active};
    const auto naming = [](names_paths what) {
        return route{activity::active, false, what, false, true};
    };
    constexpr route hijack{activity::active, true};
    auto by_volume = inspect_paths;
    by_volume.names = names_paths::filter;
    const auto [method, target, expected] = GENERATE_COPY(table<std::string, std::string, route>({
        {"GET", "/_ping", inspect},
        {"HEAD", "/_ping", inspect},
        {"GET", "/v1.41/_ping?x=/y", inspect},
        {"GET", "http://docker/v1.41/info", inspect},
        {"POST", "/_ping", use},
        {"GET", "/v1.41/containers/json?all=1", inspect_paths},
        {"GET", "/containers/abc/json", inspect_paths},
        {"GET", "/v1.41/system/df", look_at_paths},
        {"GET", "/volumes/v", inspect_paths},
        {"GET", "/services/abc", inspect_paths},
        {"GET", "/tasks", look_at_paths},
        {"GET", "/services?status=true", look_at_paths},
        {"GET", "/containers/abc/logs", look},
        {"GET", "/containers/abc/logs?stdout=1&follow=1", watch_logs},
        {"GET", "/v1.41/services/abc/logs?follow=true", watch},
        {"GET", "/tasks/abc/logs?tail=1&follow=yes", watch},
        {"GET", "/containers/abc/logs?follow=", look},
        {"GET", "/containers/abc/logs?follow", look},
        {"GET", "/containers/abc/logs?follow=0&follow=1", look},
        {"GET", "/containers/abc/logs?follow=%4eo+", look},
        {"GET", "/containers/abc/logs?fol%6Cow=on", watch_logs},
        {"GET", "/containers/abc/logs?Follow=1", look},
        {"GET", "/containers/abc/stats", watch_stats},
        {"GET", "/containers/abc/stats?stream=true", watch_stats},
        {"GET", "/containers/abc/stats?stream=false&one-shot=1", look},
        {"GET", "/containers/abc/stats?stream", look},
        {"GET", "/v1.41/events?since=1", watch_events},
        {"GET", "http://docker/events", watch_events},
        {"GET", "/containers/abc/top", look},
        {"GET", "/containers/abc/changes", look},
        {"GET", "/containers/json?all=1&size=1", look_at_paths},
        {"GET", "/containers/json?all=true&size=false", inspect_paths},
        {"GET", "/containers/json?limit=-1&all=1&size=0&trunc_cmd=0", inspect_paths},
        {"GET", "/containers/abc/json?size=0", inspect_paths},
        {"GET", "/containers/abc/json?%73ize", inspect_paths},
        {"GET", "/containers/abc/json?%73ize=1", look_at_paths},
        {"GET", "/images/json?shared-size=1", look},
        {"GET", "/images/json?filters=size", inspect},
        {"GET", "/networks", inspect},
        {"GET", "/networks/a", inspect},
        {"GET", "/containers/json?filters=%7B%22volume%22%3A%7B%22%2Fa%22%3Atrue%7D%7D", by_volume},
        {"GET", "/containers/json?filters=%7B%22name%22%3A%7B%22volume%22%3Atrue%7D%7D", by_volume},
        {"GET", "/containers/json?filters=%7B%22name%22%3A%7B%22a%22%3Atrue%7D%7D", inspect_paths},
        {"GET", "/volumes?filters=%7B%22volume%22%3A%7B%22%2Fa%22%3Atrue%7D%7D", inspect_paths},
        {"GET", "/volumes", inspect_paths},
        {"GET", "/plugins", inspect_paths},
        {"GET", "/plugins/vendor/files:latest/json", inspect_paths},
        {"GET", "/swarm", inspect},
        {"GET", "/nodes", inspect},
        {"GET", "/nodes/a", inspect},
        {"GET", "/services", inspect_paths},
        {"GET", "/tasks/a", look_at_paths},
        {"GET", "/secrets", inspect},
        {"GET", "/secrets/a", inspect},
        {"GET", "/configs", inspect},
        {"GET", "/configs/a", inspect},
        {"GET", "/exec/abc/json", inspect},
        {"POST",
         "/containers/abc/start",
         {activity::active, false, names_paths::host_config, true, true}},
        {"POST",
         "/v1.41/containers/abc/restart?t=1",
         {activity::active, false, names_paths::no, true, true}},
        {"POST", "/v1.41/containers/create?name=x", naming(names_paths::container)},
        {"POST", "/volumes/create", naming(names_paths::volume)},
        {"POST", "/services/create", naming(names_paths::service)},
        {"POST", "/services/abc/update?version=1", naming(names_paths::service)},
        {"POST", "/v1.44/plugins/vendor/files:latest/set", naming(names_paths::plugin)},
        {"GET", "/containers/create", use},
        {"POST", "/v1.41/containers/abc/attach?stream=1", hijack},
        {"POST", "/containers/a/b/attach", use},
        {"GET", "/containers/abc/attach/ws", hijack},
        {"POST", "/exec/abc/start", hijack},
        {"POST", "/session", hijack},
        {"POST", "/grpc", hijack},
        {"GET", "/images/json", inspect},
        {"GET", "/images/busybox/json", inspect},
        {"GET", "/images/registry.example/team/app:1/json", inspect},
        {"GET", "/images/registry.example/team/app:1/history", inspect},
        {"GET", "/images/registry.example/team/app:1/get", use},
        {"POST", "/containers/abc/wait", wait},
        {"GET", "/v1.99/some/new/thing", use},
        {"GET", "/version", inspect},
        {"GET", "/v/info", use},
        {"GET", "//info", use},
        {"GET", "/info/", use},
        {"GET", "/containers//json", use},
        {"OPTIONS", "*", use},
        {"CONNECT", "docker:80", use},
        {"GET", "http://docker", use},
    }));
    CAPTURE(method, target);
    CHECK(find_route(method, target) == expected);
}

TEST_CASE("an error of ours is what Docker's clients print")
{
    const auto reply = error_reply("the VM \"x\" did not start", false);
    const auto body = reply.substr(reply.find("\r\n\r\n") + 4);
    CHECK(reply.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    CHECK(
        reply.find("Content-Length: " + std::to_string(body.size()) + "\r\n") != std::string::npos
    );
    CHECK(
        nlohmann::json::parse(body) ==
        nlohmann::json{{"message", "gangway: the VM \"x\" did not start"}}
    );

    const auto to_head = error_reply("the VM \"x\" did not start", true);
    CHECK(reply == to_head + body);
    const auto refusal = refusal_reply("no");
    CHECK(refusal.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(refusal.find("Connection:") == std::string::npos);
    CHECK(refusal.ends_with("Content-Length: 26\r\n\r\n{\"message\":\"gangway: no\"}\n"));
    CHECK(error_reply("console: \xff", false).find("console: \xef\xbf\xbd") != std::string::npos);
}

TEST_CASE("a start names its container in its path")
{
    CHECK(container_in("/v1.41/containers/web/start") == "web");
    CHECK(container_in("/containers/web/restart?t=0") == "web");
    CHECK(container_in("http://docker/containers/a%20b/start") == "a%20b");
}
