// Segment by segment.
#include "proxy/api_path.hpp"

namespace proxy {
namespace {

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

}  // namespace

std::string_view api_path(std::string_view target)
{
    return without_version(path_of(target));
}

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

std::string shown(std::string_view pattern)
{
    std::string path;
    while (!pattern.empty()) {
        const auto segment = take_segment(pattern);
        path += '/';
        if (segment == "*") {
            path += "{id}";
        } else if (segment == "**") {
            path += "{name}";
        } else {
            path += segment;
        }
    }
    return path;
}

}  // namespace proxy
