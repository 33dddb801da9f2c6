// SO_PEERCRED (unix(7)), and proc(5) for the name.
#include "proxy/peer.hpp"

#include <sys/socket.h>

#include <fstream>

namespace proxy {

peer peer_of(int socket)
{
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
    return {credentials.uid, credentials.pid};
}

std::string command_of(const peer& who)
{
    std::string command = who.command;
    if (command.empty()) {
        std::ifstream comm("/proc/" + std::to_string(who.pid) + "/comm");
        std::getline(comm, command);
    }
    return command;
}

std::string user_of(const peer&)
{
    return {};
}

}  // namespace proxy
