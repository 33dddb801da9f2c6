// The part of launchd's interface that we use, as <launch.h> of macOS 10.10 and later has it;
// declared here, so that what uses it compiles everywhere, and a test can be launchd.
#pragma once

#include <cstddef>

// Hands over the sockets that the property list of this process has under `name`. 0: `*descriptors`
// is an array of `*count`, to be freed by free(3), as are the descriptors to be closed. ESRCH:
// launchd has not started this process; ENOENT: its property list names no such socket; EALREADY:
// they were handed over before.
extern "C" int launch_activate_socket(const char* name, int** descriptors, std::size_t* count);

namespace proxy {

// What org.gangway.gangwayd.plist calls the socket of Docker's clients.
inline constexpr const char* launchd_socket_name = "docker";

}  // namespace proxy
