// What this machine's service manager has to do with the daemon. One source file a platform.
#pragma once

#include <optional>
#include <string>

namespace gangway {

// The command that starts the daemon where it is installed as a service. Nothing: it is not.
std::optional<std::string> service_start_command();

// Where the log of a daemon is that the service manager has started, to follow "see".
std::string service_log_place();

}  // namespace gangway
