// launchd's socket activation, for the socket that the property list names "docker".
#include "proxy/inherited_sockets.hpp"
#include "proxy/launchd.hpp"
#include "proxy/listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>

namespace proxy {
namespace {

// A sentence for each of them that says what to do.
std::string refusal(int error)
{
    const std::string socket = std::string("the socket \"") + launchd_socket_name + '"';
    const std::string alternative = ", or give --listen unix:///PATH";
    switch (error) {
        case ESRCH:
            return "--listen fd:// needs a socket from launchd, which has not started this "
                   "process; load org.gangway.gangwayd.plist by `launchctl bootstrap "
                   "gui/$(id -u) FILE`" +
                   alternative;
        case ENOENT:
            return "--listen fd:// needs " + socket +
                   " from launchd, and the property list that this process was started by names "
                   "none; load org.gangway.gangwayd.plist as it was installed" +
                   alternative;
        case EALREADY:
            return "launchd has handed over " + socket +
                   " to this process already; give --listen fd:// once";
        default:
            return "launchd does not hand over " + socket + ": " +
                   std::generic_category().message(error) +
                   "; load org.gangway.gangwayd.plist anew" + alternative;
    }
}

struct freed {
    void operator()(int* descriptors) const { std::free(descriptors); }
};

// As far as the kernel can be asked: macOS knows neither SO_DOMAIN nor SO_ACCEPTCONN here, but a
// socket that has a peer does not listen.
bool listens(int socket)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        address.ss_family != AF_UNIX)
        return false;
    int type = -1;
    size = sizeof type;
    if (::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
        return false;
    int listening = 0;
    size = sizeof listening;
    if (::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0)
        return listening != 0;
    size = sizeof address;
    return ::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0;
}

[[noreturn]] void refuse_all(const std::vector<int>& sockets, const std::string& why)
{
    for (const int each : sockets) ::close(each);
    throw listen_error(why);
}

}  // namespace

std::vector<int> inherited_sockets()
{
    int* handed_over = nullptr;
    std::size_t count = 0;
    if (const int error = launch_activate_socket(launchd_socket_name, &handed_over, &count))
        throw listen_error(refusal(error));
    const std::unique_ptr<int, freed> array(handed_over);
    if (handed_over == nullptr || count == 0) throw listen_error(refusal(ENOENT));
    std::vector<int> sockets(handed_over, handed_over + count);
    for (const int fd : sockets) {
        if (!listens(fd)) {
            refuse_all(
                sockets,
                "the socket \"" + std::string(launchd_socket_name) +
                    "\" from launchd is no listening unix stream socket; the property list needs "
                    "SockFamily Unix, SockType stream and SockPathName"
            );
        }
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    return sockets;
}

}  // namespace proxy
