// The makers of each kind of stream, for watch_stream() alone.
#pragma once

#include "proxy/watched_stream.hpp"

#include <memory>
#include <string>

namespace proxy {

std::unique_ptr<watched_stream> watch_events(std::string target);
std::unique_ptr<watched_stream> watch_logs(std::string target);

}  // namespace proxy
