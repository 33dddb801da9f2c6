// getpeereid(3) and LOCAL_PEERPID (unix(4) of macOS), and libproc for the name.
#include "proxy/peer.hpp"

#include <libproc.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

namespace proxy {

peer peer_of(int socket)
{
    uid_t user = 0;
    gid_t group = 0;
    if (::getpeereid(socket, &user, &group) != 0) return {};
    pid_t process = 0;
    socklen_t size = sizeof process;
    // Refused for a peer that has already gone; whose it was is known all the same.
    if (::getsockopt(socket, SOL_LOCAL, LOCAL_PEERPID, &process, &size) != 0) process = 0;
    return {user, process};
}

std::string command_of(const peer& who)
{
    if (!who.command.empty() || who.pid == 0) return who.command;
    // Never longer than 2 * MAXCOMLEN; the call fails for a buffer that is shorter.
    std::array<char, 2 * 16 + 1> name{};
    const int length = ::proc_name(who.pid, name.data(), name.size());
    return {name.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

std::string user_of(const peer&)
{
    return {};
}

}  // namespace proxy
