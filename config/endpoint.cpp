// The text form of endpoints, in both directions. Strict: what is not exactly one of the forms that
// endpoint.hpp names is no endpoint, so that a typing error is reported instead of dialled.
#include "config/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace config {
namespace {

constexpr std::string_view unix_scheme = "unix://";
constexpr std::string_view tcp_scheme = "tcp://";
constexpr std::string_view ssh_scheme = "ssh://";
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

// A name, an address, or an IPv6 address in brackets, which are taken off.
std::optional<std::string> parse_host(std::string_view host)
{
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (!is_ipv6(host)) return std::nullopt;
    } else if (!consists_of(host, ".-_")) {
        return std::nullopt;
    }
    return std::string(host);
}

std::optional<tcp_endpoint> parse_tcp(std::string_view text)
{
    if (!text.starts_with(tcp_scheme)) return std::nullopt;
    const auto authority = text.substr(tcp_scheme.size());
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto port = parse_port(authority.substr(colon + 1));
    auto host = parse_host(authority.substr(0, colon));
    if (!port || !host) return std::nullopt;
    return tcp_endpoint{*std::move(host), *port};
}

// The words end up on a command line of ssh, and PATH in that of a shell over there: nothing in
// them may look like an option to the one or mean anything to the other.
bool is_harmless_word(std::string_view text, std::string_view allowed_besides_alphanumeric)
{
    return !text.starts_with('-') && consists_of(text, allowed_besides_alphanumeric);
}

std::optional<ssh_endpoint> parse_ssh(std::string_view text)
{
    if (!text.starts_with(ssh_scheme)) return std::nullopt;
    ssh_endpoint endpoint;
    auto authority = text.substr(ssh_scheme.size());
    if (const auto slash = authority.find('/'); slash != std::string_view::npos) {
        const auto path = authority.substr(slash);
        if (path.ends_with('/') || !consists_of(path, "/._-+@")) return std::nullopt;
        endpoint.socket = std::filesystem::path(path);
        authority = authority.substr(0, slash);
    }
    if (const auto at = authority.find('@'); at != std::string_view::npos) {
        const auto user = authority.substr(0, at);
        if (!is_harmless_word(user, "._-")) return std::nullopt;
        endpoint.user = std::string(user);
        authority = authority.substr(at + 1);
    }
    const auto bracket = authority.rfind(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port) return std::nullopt;
        endpoint.port = *port;
        authority = authority.substr(0, colon);
    }
    auto host = parse_host(authority);
    if (!host || host->starts_with('-')) return std::nullopt;
    endpoint.host = *std::move(host);
    return endpoint;
}

std::optional<pipe_endpoint> parse_pipe(std::string_view text)
{
    if (!text.starts_with(pipe_prefix)) return std::nullopt;
    const auto name = text.substr(pipe_prefix.size());
    if (name.size() > longest_pipe_name || !consists_of(name, "._-")) return std::nullopt;
    return pipe_endpoint{std::string(name)};
}

std::string bracketed(const std::string& host)
{
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

struct text_form {
    std::string operator()(const unix_endpoint& endpoint) const
    {
        return std::string(unix_scheme) + endpoint.path.string();
    }

    std::string operator()(const tcp_endpoint& endpoint) const
    {
        return std::string(tcp_scheme) + bracketed(endpoint.host) + ":" +
               std::to_string(endpoint.port);
    }

    std::string operator()(const ssh_endpoint& endpoint) const
    {
        std::string text(ssh_scheme);
        if (!endpoint.user.empty()) text += endpoint.user + "@";
        text += bracketed(endpoint.host);
        if (endpoint.port != 0) text += ":" + std::to_string(endpoint.port);
        return text + endpoint.socket.string();
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
    if (auto remote = parse_ssh(text)) return *std::move(remote);
    return std::nullopt;
}

std::string to_string(const listen_endpoint& endpoint)
{
    return std::visit(text_form{}, endpoint);
}

std::string to_string(const local_endpoint& endpoint)
{
    return std::visit(text_form{}, endpoint);
}

std::string to_string(const engine_endpoint& endpoint)
{
    return std::visit(text_form{}, endpoint);
}

}  // namespace config
