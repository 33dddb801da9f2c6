// How requests are classified.
#include "proxy/route_table.hpp"

#include "proxy/error_reply.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <tuple>

using namespace proxy;
using vmctl::activity;

namespace proxy {

std::ostream& operator<<(std::ostream& out, const route& value)
{
    return out << (value.activity == activity::passive ? "passive" : "active")
               << (value.may_hijack ? " may hijack" : "") << " names "
               << static_cast<int>(value.names) << (value.starts ? " starts" : "");
}

}  // namespace proxy

TEST_CASE("requests find their route")
{
    constexpr route look{activity::passive};
    constexpr route look_at_paths{activity::passive, false, names_paths::no, false, true};
    constexpr route volume{activity::active, false, names_paths::volume, false, true};
    constexpr route use{activity::active};
    const auto naming = [](names_paths what) { return route{activity::active, false, what}; };
    constexpr route hijack{activity::active, true};
    const auto [method, target, expected] = GENERATE_COPY(table<std::string, std::string, route>({
        {"GET", "/_ping", look},
        {"HEAD", "/_ping", look},
        {"GET", "/v1.41/_ping?x=/y", look},
        {"GET", "http://docker/v1.41/info", look},
        {"POST", "/_ping", use},
        {"GET", "/v1.41/containers/json?all=1", look_at_paths},
        {"GET", "/containers/abc/json", look_at_paths},
        {"GET", "/v1.41/system/df", look_at_paths},
        {"GET", "/volumes/v", look_at_paths},
        {"GET", "/services/abc", look_at_paths},
        {"GET", "/tasks", look_at_paths},
        {"GET", "/containers/abc/logs?follow=1", look},
        {"POST",
         "/containers/abc/start",
         {activity::active, false, names_paths::host_config, true}},
        {"POST",
         "/v1.41/containers/abc/restart?t=1",
         {activity::active, false, names_paths::no, true}},
        {"POST", "/v1.41/containers/create?name=x", naming(names_paths::container)},
        {"POST", "/volumes/create", volume},
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
        {"GET", "/images/json", look},
        {"GET", "/images/busybox/json", look},
        {"GET", "/images/registry.example/team/app:1/json", look},
        {"GET", "/images/registry.example/team/app:1/history", look},
        {"GET", "/images/registry.example/team/app:1/get", use},
        {"POST", "/containers/abc/wait", use},
        {"GET", "/v1.99/some/new/thing", use},
        {"GET", "/version", look},
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
