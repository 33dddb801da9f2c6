// The command that leads to an engine on another machine. Pure.
#pragma once

#include "config/endpoint.hpp"

#include <string>
#include <vector>

namespace proxy {

// `ssh … -- HOST docker system dial-stdio`, whose standard input and output are a connection to
// the engine there: what docker itself runs for an ssh:// host (docker/cli cli/connhelper). It asks
// nothing of a terminal, since a daemon has none.
std::vector<std::string> ssh_arguments(const config::ssh_endpoint& to);

// What a person types to see whether that way works: `ssh me@host docker version`.
std::string ssh_by_hand(const config::ssh_endpoint& to);

}  // namespace proxy
