// fcntl(2), where a socket cannot be made so at once (macOS). A program that another thread starts
// in between does not get it either: programs are started with the descriptors that are named to
// them (vmctl/spawn_alone.hpp), by libvirt's library as well.
#include "proxy/new_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace proxy {
namespace {

int prepared(int socket)
{
    if (socket < 0) return socket;
    if (::fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 &&
        ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK) == 0)
        return socket;
    const int error = errno;
    ::close(socket);
    errno = error;
    return -1;
}

}  // namespace

int new_stream_socket(int family)
{
    return prepared(::socket(family, SOCK_STREAM, 0));
}

int accept_stream(int listening)
{
    return prepared(::accept(listening, nullptr, nullptr));
}

}  // namespace proxy
