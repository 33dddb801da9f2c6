// The kinds of streams that have files of their own, for watch_stream() alone.
#pragma once

#include "proxy/watched_stream.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace proxy {

// dockerd gives an event, or a message, its time before it gets its place in the order.
inline constexpr auto disorder = std::chrono::seconds(1);

std::unique_ptr<watched_stream> watch_events(std::string target);
std::unique_ptr<watched_stream> watch_logs(std::string target);

}  // namespace proxy
