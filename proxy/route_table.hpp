// What Gangway knows of the Docker Engine API: one table of method, path and what the request needs
// of us. Pure. A request that is not in the table is active and passes through, so that the API of
// a newer engine works untouched.
#pragma once

#include "proxy/bind_request.hpp"
#include "proxy/watched_stream.hpp"
#include "vmctl/engine.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace proxy {

struct route {
    vmctl::activity activity = vmctl::activity::active;
    // The engine may answer without framing and go on with a raw stream.
    bool may_hijack = false;
    names_paths names = names_paths::no;
    // Afterwards a container runs, and what it publishes is open.
    bool starts = false;
    // The answer names paths, which the engine may see elsewhere than the client.
    bool shows_paths = false;
    // The answer is the same until something changes in the engine, which then says so by an event.
    bool lasting = false;
    // The answer goes on for as long as the client likes, and can be joined again.
    stream_kind stream = stream_kind::none;

    // Whether it may have to be here as a whole before it is sent on.
    bool holds() const { return names != names_paths::no || starts; }

    bool operator==(const route&) const = default;
};

// `target` is the request target as sent: with or without a version prefix and a query, in origin
// or absolute form (RFC 9112 section 3.2). Of the query it matters whether the answer is a stream
// that lasts as long as its client likes, and whether it counts bytes, which change without an
// event.
route find_route(std::string_view method, std::string_view target);

// The methods of the API, and any other.
enum class request_method : std::uint8_t { other, get, head, post, put, del };

std::string_view to_string(request_method method);

// A request as it is counted: what a client writes cannot make more of them.
struct request_name {
    std::uint8_t route = 0;  // below route_count(); 0: no path of the API that we know
    request_method method = request_method::other;
    bool operator==(const request_name&) const = default;
};

std::size_t route_count();

// "/containers/{id}/start", without a version; "other" for 0.
std::string route_pattern(std::uint8_t route);

struct named_route {
    route what;
    request_name name;
};

// The same as find_route(), and what the request is counted as.
named_route find_named_route(std::string_view method, std::string_view target);

// Of the target of a route that starts a container: which one, as the client has written it.
std::string_view container_in(std::string_view target);

}  // namespace proxy
