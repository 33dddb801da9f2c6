// What `gangway download` and `upgrade` ask of the daemon. Pure, but for the working directory.
#pragma once

#include "gangway/command_line.hpp"

#include <string>

namespace gangway {

// The target of the request, for an invocation with an image. A path becomes absolute, as the
// daemon is elsewhere. Throws failure with exit_status::usage.
std::string download_target(const invocation& asked);

}  // namespace gangway
