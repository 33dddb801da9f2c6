// Paths of the Docker Engine API, and patterns of them: in a pattern `*` stands for one segment and
// `**` for one or more (image names hold slashes). Pure.
#pragma once

#include <string>
#include <string_view>

namespace proxy {

// Of a request target as sent, in origin or absolute form (RFC 9112 section 3.2): the path without
// a version prefix and without the query. It begins with a slash, or it is no path.
std::string_view api_path(std::string_view target);

// "/a/b" -> "a", leaving "/b".
std::string_view take_segment(std::string_view& path);

bool matches(std::string_view pattern, std::string_view path);

// For people: "/containers/{id}/start".
std::string shown(std::string_view pattern);

}  // namespace proxy
