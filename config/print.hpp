// The effective settings as a configuration file, for `gangwayd --print-config`.
#pragma once

#include "config/load.hpp"

#include <string>

namespace config {

// JSON with comments that loads to the same settings (for the same instance, which is not a part of
// the file), unless a path of the command line or of the environment is not UTF-8, which JSON
// cannot hold. A comment on every line says where the value came from.
std::string print(const loaded& configuration);

}  // namespace config
