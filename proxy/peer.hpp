// Who has connected: the process at the other end of a client's connection. One source file a
// kernel.
#pragma once

#include <string>

namespace proxy {

// As the kernel knows it (Linux: SO_PEERCRED; macOS: getpeereid(3) and LOCAL_PEERPID; Windows:
// GetNamedPipeClientProcessId).
struct peer {
    unsigned uid = 0;  // of no meaning on Windows
    int pid = 0;
    std::string command = {};  // the program's name, where it is known already
};

// Of a connected unix socket. Nobody, all zero, when the kernel does not tell.
peer peer_of(int socket);

// Windows: of our end of a connected named pipe.
peer peer_of(void* pipe);

// The name of the peer's program; empty when it is already gone.
std::string command_of(const peer& who);

// Whose program it is, where a number does not say it (Windows: "DOMAIN\\name"); elsewhere, and
// when it is already gone, empty.
std::string user_of(const peer& who);

}  // namespace proxy
