// TCP's own probes: tcp(7).
#include "proxy/keep_alive.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace proxy {
namespace {

bool set(int socket, int level, int name, int value)
{
    return ::setsockopt(socket, level, name, &value, sizeof value) == 0;
}

}  // namespace

void keep_alive(native_socket descriptor) noexcept
{
    // A unix socket refuses the first.
    if (!set(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, 30)) return;
    set(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(descriptor, IPPROTO_TCP, TCP_KEEPCNT, 6);
    set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
}

}  // namespace proxy
