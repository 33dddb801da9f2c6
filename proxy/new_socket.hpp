// Sockets that do not block, and that no program which we start gets. One source file for kernels
// that make them so in one call, and one for the others.
#pragma once

namespace proxy {

// A stream socket. -1 and errno: there is none.
int new_stream_socket(int family);

// The next client of a listening socket. -1 and errno: there is none.
int accept_stream(int listening);

}  // namespace proxy
