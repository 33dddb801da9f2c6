// The query of a request target, as Go's net/url reads it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace proxy {

// What follows the first question mark.
std::string_view query_of(std::string_view target);

// The first value of `name`, unescaped; empty when the name has none. Nothing: it does not occur.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// `target` with `value`, which is escaped where it has to be, as the only one of `name`.
std::string with_query_value(
    std::string_view target, std::string_view name, std::string_view value
);
std::string without_query_value(std::string_view target, std::string_view name);

// Whether a name that `part` occurs in is true (is_true).
bool asked_for_in_query(std::string_view query, std::string_view part);

// Whether dockerd takes the value for true (moby daemon/server/httputils/form.go, BoolValue).
bool is_true(std::string_view value);

}  // namespace proxy
