// How dockerd writes moments, and the questions that begin at one. Pure.
#pragma once

#include "proxy/watched_stream.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace proxy {

// "2026-11-27T19:48:05.012345678Z", with any number of digits and with an offset too (RFC 3339).
// Nothing: it is none.
std::optional<watched_stream::moment> parse_time(std::string_view text);

// "1795808885.012345678", as a query's `since` has it: seconds since 1970, a dot, nine digits (moby
// api/types/time/timestamp.go). Without a dot on the way in, too. Nothing: it is none.
std::string to_since(watched_stream::moment at);
std::optional<watched_stream::moment> parse_since(std::string_view text);

// By the engine's answer to GET /info. Nothing: it does not tell.
std::optional<watched_stream::moment> clock_in(std::string_view info);

// The later of both; a query without `since`, or with one that is not understood, counts as early.
watched_stream::moment not_before(std::string_view target, watched_stream::moment at);

}  // namespace proxy
