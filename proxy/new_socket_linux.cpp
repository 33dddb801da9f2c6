// SOCK_NONBLOCK and SOCK_CLOEXEC, accept4(2).
#include "proxy/new_socket.hpp"

#include <sys/socket.h>

namespace proxy {

int new_stream_socket(int family)
{
    return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int accept_stream(int listening)
{
    return ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

}  // namespace proxy
