// Listening sockets that the service manager has opened before it started us. One source file a
// service manager; CMake picks.
#pragma once

#include <vector>

namespace proxy {

// Listening unix stream sockets, non-blocking and close-on-exec. The caller owns them; a second
// call finds none. Throws listen_error when there is none or one is of another kind.
std::vector<int> inherited_sockets();

}  // namespace proxy
