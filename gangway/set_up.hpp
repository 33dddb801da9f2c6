// What has other programs find the engine, and whatever else needs no daemon.
#pragma once

#include "gangway/command_line.hpp"

namespace gangway {

// False, and nothing is done, when `asked` is something else. Throws failure and
// config::config_error.
bool set_up(const invocation& asked);

}  // namespace gangway
