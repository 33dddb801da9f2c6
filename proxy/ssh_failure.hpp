// Why there is no way to an engine through ssh, in words for the user. Pure.
#pragma once

#include "config/endpoint.hpp"

#include <string>
#include <string_view>

namespace proxy {

// `status`: how ssh has ended, 128 + N for signal N. 255 is its own failure (ssh(1)), anything else
// the status of what it ran over there. `errors`: what it, or that, had to say. The result quotes
// the last of it, and says what is wrong and what to do; no full stop.
std::string ssh_failure(const config::ssh_endpoint& to, int status, std::string_view errors);

}  // namespace proxy
