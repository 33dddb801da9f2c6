// The text form of endpoints, in both directions. Strict: what is not exactly one of the forms that
// endpoint.hpp names is no endpoint, so that a typing error is reported instead of dialled.
#include "config/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace config {
namespace {

constexpr std::string_view unix_scheme = "unix://";
constexpr std::string_view tcp_scheme = "tcp://";
constexpr std::string_view pipe_prefix = "npipe:////./pipe/";
constexpr std::string_view inherited_text = "fd://";

// Windows allows 256 characters for `\\.\pipe\NAME`.
constexpr std::size_t longest_pipe_name = 247;

bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view allowed_besides_alphanumeric)
{
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return is_alphanumeric(c) || allowed_besides_alphanumeric.find(c) != std::string_view::npos;
    });
}

// A path ends in a file name: "unix:///" and "unix:///run/" name a directory.
std::optional<unix_endpoint> parse_unix(std::string_view text)
{
    if (!text.starts_with(unix_scheme)) return std::nullopt;
    const auto path = text.substr(unix_scheme.size());
    if (!path.starts_with('/') || path.ends_with('/')) return std::nullopt;
    if (path.find('\0') != std::string_view::npos) return std::nullopt;
    return unix_endpoint{std::filesystem::path(path)};
}

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || stopped != end || port == 0) return std::nullopt;
    return port;
}

// Only the spelling is judged: whether such a host exists is the resolver's to say.
bool is_ipv6(std::string_view text)
{
    const auto address = text.substr(0, text.find('%'));
    if (address.size() < text.size() && !consists_of(text.substr(address.size() + 1), "._~-"))
        return false;
    return std::ranges::count(address, ':') >= 2 && std::ranges::all_of(address, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
                      c == ':' || c == '.';
           });
}

std::optional<tcp_endpoint> parse_tcp(std::string_view text)
{
    if (!text.starts_with(tcp_scheme)) return std::nullopt;
    const auto authority = text.substr(tcp_scheme.size());
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto port = parse_port(authority.substr(colon + 1));
    if (!port) return std::nullopt;

    auto host = authority.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (!is_ipv6(host)) return std::nullopt;
    } else if (!consists_of(host, ".-_")) {
        return std::nullopt;
    }
    return tcp_endpoint{std::string(host), *port};
}

std::optional<pipe_endpoint> parse_pipe(std::string_view text)
{
    if (!text.starts_with(pipe_prefix)) return std::nullopt;
    const auto name = text.substr(pipe_prefix.size());
    if (name.size() > longest_pipe_name || !consists_of(name, "._-")) return std::nullopt;
    return pipe_endpoint{std::string(name)};
}

struct text_form {
    std::string operator()(const unix_endpoint& endpoint) const
    {
        return std::string(unix_scheme) + endpoint.path.string();
    }

    std::string operator()(const tcp_endpoint& endpoint) const
    {
        const bool ipv6 = endpoint.host.find(':') != std::string::npos;
        return std::string(tcp_scheme) + (ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
               std::to_string(endpoint.port);
    }

    std::string operator()(const pipe_endpoint& endpoint) const
    {
        return std::string(pipe_prefix) + endpoint.name;
    }

    std::string operator()(const inherited_endpoint&) const { return std::string(inherited_text); }
};

}  // namespace

std::optional<listen_endpoint> parse_listen_endpoint(std::string_view text)
{
    if (text == inherited_text) return inherited_endpoint{};
    if (auto pipe = parse_pipe(text)) return *std::move(pipe);
    if (auto socket = parse_unix(text)) return *std::move(socket);
    return std::nullopt;
}

std::optional<engine_endpoint> parse_engine_endpoint(std::string_view text)
{
    if (auto tcp = parse_tcp(text)) return *std::move(tcp);
    if (auto socket = parse_unix(text)) return *std::move(socket);
    return std::nullopt;
}

std::string to_string(const listen_endpoint& endpoint)
{
    return std::visit(text_form{}, endpoint);
}

std::string to_string(const engine_endpoint& endpoint)
{
    return std::visit(text_form{}, endpoint);
}

}  // namespace config
