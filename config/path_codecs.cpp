// The codecs of paths and endpoints, which know where the home directory is and which kinds of
// endpoints the machine has.
#include "config/codecs.hpp"
#include "config/host_path.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace config {
namespace {

constexpr std::string_view unix_prefix = "unix://";
constexpr std::string_view read_only_suffix = ":ro";
constexpr std::string_view unix_pattern = "^unix://(~)?/.*[^/]$";
constexpr std::string_view local_pattern = "^unix://(~)?/.*[^/]$|^npipe:////\\./pipe/[^/]+$";

// An endpoint in `value`, by `parse`; "unix://~/" is expanded first.
template <class Endpoint>
std::optional<Endpoint> read_endpoint(
    const json& value,
    const environment& where,
    complaints& wrong,
    const std::string& element,
    std::optional<Endpoint> (*parse)(std::string_view),
    const char* allowed
)
{
    const auto* const text = text_in(value);
    if (!text) {
        reject(wrong, value, allowed, element);
        return std::nullopt;
    }
    std::string expanded = *text;
    if (text->starts_with(unix_prefix)) {
        const auto path =
            with_home(std::string_view(*text).substr(unix_prefix.size()), where, wrong, element);
        if (!path) return std::nullopt;
        expanded = std::string(unix_prefix) + *path;
    }
    auto endpoint = parse(expanded);
    if (!endpoint) reject(wrong, value, allowed, element);
    return endpoint;
}

}  // namespace

// Paths

std::optional<std::filesystem::path> path_codec::read(
    const json& value, const environment& where, complaints& wrong
) const
{
    if (const auto* const text = text_in(value)) {
        const auto path = with_home(*text, where, wrong, {});
        if (!path) return std::nullopt;
        if (auto whole = absolute_path(*path, where.paths)) return whole;
    }
    reject(wrong, value, absolute_path_in_words(where.paths));
    return std::nullopt;
}

json path_codec::write(const std::filesystem::path& value) const
{
    return value.string();
}

json path_codec::shape() const
{
    return {{"type", "string"}, {"pattern", path_pattern}};
}

std::optional<std::vector<std::filesystem::path>> paths_codec::read(
    const json& value, const environment& where, complaints& wrong
) const
{
    if (!value.is_array()) {
        reject(wrong, value, "a list of paths");
        return std::nullopt;
    }
    value_type paths;
    const auto known = wrong.size();
    for (std::size_t index = 0; index < value.size(); ++index) {
        complaints about_it;
        const auto path = path_codec().read(value[index], where, about_it);
        for (auto& [element, what] : about_it)
            wrong.push_back({"[" + std::to_string(index) + "]", std::move(what)});
        if (path) paths.push_back(*path);
    }
    if (wrong.size() > known) return std::nullopt;
    return paths;
}

json paths_codec::write(const std::vector<std::filesystem::path>& value) const
{
    auto list = json::array();
    for (const auto& path : value) list.push_back(path.string());
    return list;
}

json paths_codec::shape() const
{
    return {{"type", "array"}, {"items", path_codec().shape()}};
}

// Shares

std::optional<std::vector<share>> shares_codec::read(
    const json& value, const environment& where, complaints& wrong
) const
{
    if (!value.is_array()) {
        reject(wrong, value, "a list of paths, each perhaps with \":ro\"");
        return std::nullopt;
    }
    value_type shares;
    const auto known = wrong.size();
    for (std::size_t index = 0; index < value.size(); ++index) {
        const auto element = "[" + std::to_string(index) + "]";
        const auto* const text = text_in(value[index]);
        const bool read_only = text && text->ends_with(read_only_suffix);
        auto bare = text ? *text : std::string();
        if (read_only) bare.resize(bare.size() - read_only_suffix.size());
        const auto path = shared_path(value[index], bare, where, wrong, element);
        if (!path) continue;
        const auto there = path->string();
        const auto same = [&](const share& other) {
            return where.paths == path_dialect::windows
                       ? equal_on_windows(other.path.string(), there)
                       : other.path == *path;
        };
        if (std::ranges::any_of(shares, same))
            wrong.push_back({element, "is already in the list"});
        else if (where.paths == path_dialect::windows)
            shares.push_back(placed_in_guest({*path, !read_only}));
        else
            shares.push_back({*path, !read_only});
    }
    if (wrong.size() > known) return std::nullopt;
    return shares;
}

json shares_codec::write(const std::vector<share>& value) const
{
    auto list = json::array();
    for (const auto& one : value) list.push_back(to_string(one));
    return list;
}

json shares_codec::shape() const
{
    return {
        {"type", "array"},
        {"uniqueItems", true},
        {"items", {{"type", "string"}, {"pattern", path_pattern}}},
    };
}

// Endpoints

std::optional<local_endpoint> local_endpoint_codec::read(
    const json& value, const environment& where, complaints& wrong
) const
{
    const auto* const allowed =
        where.has_named_pipes ? "npipe:////./pipe/NAME" : "unix:///PATH with an absolute path";
    const auto endpoint =
        read_endpoint<listen_endpoint>(value, where, wrong, {}, parse_listen_endpoint, allowed);
    if (!endpoint) return std::nullopt;
    const auto* const pipe = std::get_if<pipe_endpoint>(&*endpoint);
    if (pipe && where.has_named_pipes) return *pipe;
    const auto* const socket = std::get_if<unix_endpoint>(&*endpoint);
    if (socket && !where.has_named_pipes) return *socket;
    reject(wrong, value, allowed);
    return std::nullopt;
}

json local_endpoint_codec::write(const local_endpoint& value) const
{
    return to_string(value);
}

json local_endpoint_codec::shape() const
{
    return {{"type", "string"}, {"pattern", local_pattern}};
}

std::optional<engine_endpoint> engine_endpoint_codec::read(
    const json& value, const environment& where, complaints& wrong
) const
{
    return read_endpoint<engine_endpoint>(
        value,
        where,
        wrong,
        {},
        parse_engine_endpoint,
        "tcp://HOST:PORT (an IPv6 address in brackets, ports from 1 to 65535), "
        "ssh://[USER@]HOST[:PORT][/PATH] or unix:///PATH"
    );
}

json engine_endpoint_codec::write(const engine_endpoint& value) const
{
    return to_string(value);
}

json engine_endpoint_codec::shape() const
{
    return {
        {"type", "string"},
        {"pattern", "^tcp://[^/]+:[0-9]+$|^ssh://[^/]+(/.*[^/])?$|" + std::string(unix_pattern)},
    };
}

std::optional<std::vector<listen_endpoint>> listen_codec::read(
    const json& value, const environment& where, complaints& wrong
) const
{
    const char* const allowed =
        where.has_named_pipes ? "npipe:////./pipe/NAME or unix:///PATH" : "unix:///PATH or fd://";
    if (!value.is_array() || value.empty()) {
        wrong.push_back(
            {{},
             std::string("must be a list of at least one ") + allowed + ", not " +
                 (value.is_array() ? "an empty list" : describe(value))}
        );
        return std::nullopt;
    }
    value_type endpoints;
    const auto known = wrong.size();
    for (std::size_t index = 0; index < value.size(); ++index) {
        const auto element = "[" + std::to_string(index) + "]";
        const auto endpoint = read_endpoint<listen_endpoint>(
            value[index], where, wrong, element, parse_listen_endpoint, allowed
        );
        if (!endpoint) continue;
        if (std::holds_alternative<pipe_endpoint>(*endpoint) && !where.has_named_pipes)
            wrong.push_back({element, "is a named pipe, which only Windows has; use unix:///PATH"});
        else if (std::ranges::find(endpoints, *endpoint) != endpoints.end())
            wrong.push_back({element, "is already in the list"});
        else
            endpoints.push_back(*endpoint);
    }
    if (wrong.size() > known) return std::nullopt;
    return endpoints;
}

json listen_codec::write(const std::vector<listen_endpoint>& value) const
{
    auto list = json::array();
    for (const auto& endpoint : value) list.push_back(to_string(endpoint));
    return list;
}

json listen_codec::shape() const
{
    return {
        {"type", "array"},
        {"minItems", 1},
        {"uniqueItems", true},
        {"items", {{"type", "string"}, {"pattern", std::string(local_pattern) + "|^fd://$"}}},
    };
}

}  // namespace config
