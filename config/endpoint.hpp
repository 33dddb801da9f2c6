// Where something listens or can be dialled, as written on the command line and in the
// configuration. Pure values and their text form; nothing here opens a socket.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace config {

// `unix:///PATH`, an absolute path.
struct unix_endpoint {
    std::filesystem::path path;
    bool operator==(const unix_endpoint&) const = default;
};

// `tcp://HOST:PORT`; HOST is a name, an IPv4 address, or an IPv6 address without brackets.
struct tcp_endpoint {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const tcp_endpoint&) const = default;
};

// `ssh://[USER@]HOST[:PORT][/PATH]`: the engine of another machine, through the user's own ssh and
// what their ~/.ssh/config says of HOST, which is written as in tcp_endpoint. PATH is the engine's
// socket there; empty: whatever docker takes there.
struct ssh_endpoint {
    std::string user;  // empty: ssh's choice
    std::string host;
    std::uint16_t port = 0;  // 0: ssh's choice
    std::filesystem::path socket;
    bool operator==(const ssh_endpoint&) const = default;
};

// `npipe:////./pipe/NAME`; Windows only.
struct pipe_endpoint {
    std::string name;
    bool operator==(const pipe_endpoint&) const = default;
};

// `fd://`: the sockets that the service manager has opened and handed over.
struct inherited_endpoint {
    bool operator==(const inherited_endpoint&) const = default;
};

// A place of this machine where something of ours listens.
using local_endpoint = std::variant<unix_endpoint, pipe_endpoint>;
using listen_endpoint = std::variant<unix_endpoint, pipe_endpoint, inherited_endpoint>;
using engine_endpoint = std::variant<tcp_endpoint, unix_endpoint, ssh_endpoint>;

// The endpoint that `text` names, or nothing when it names none. Never throws.
std::optional<listen_endpoint> parse_listen_endpoint(std::string_view text);
std::optional<engine_endpoint> parse_engine_endpoint(std::string_view text);

// The text form that parses back to the same value.
std::string to_string(const listen_endpoint& endpoint);
std::string to_string(const engine_endpoint& endpoint);
std::string to_string(const local_endpoint& endpoint);

}  // namespace config
