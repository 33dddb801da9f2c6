// `gangway doctor`: all checks, and what is done with what they find.
#pragma once

#include "gangway/command_line.hpp"

namespace gangway {

// Prints the findings, and writes the bundle when one is asked for. Throws failure when something
// is wrong, and when the bundle cannot be written; config::config_error when the command line
// itself is wrong.
void examine(const invocation& asked);

}  // namespace gangway
