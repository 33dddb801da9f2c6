// systemd's socket activation: sd_listen_fds(3).
#include "proxy/inherited_sockets.hpp"
#include "proxy/listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <cstring>
#include <string>

namespace proxy {

std::vector<int> inherited_sockets()
{
    // Also makes them close-on-exec; unsetting the variables keeps our children from finding them.
    const int count = sd_listen_fds(1);
    if (count < 0) {
        throw listen_error(
            std::string("the sockets of the service manager cannot be used: ") +
            std::strerror(-count)
        );
    }
    if (count == 0) {
        throw listen_error(
            "--listen fd:// needs a socket from the service manager, and it has handed over none; "
            "start gangwayd through gangwayd.socket, or give --listen unix:///PATH"
        );
    }
    std::vector<int> sockets;
    for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + count; ++fd) {
        if (sd_is_socket_unix(fd, SOCK_STREAM, 1, nullptr, 0) <= 0) {
            throw listen_error(
                "descriptor " + std::to_string(fd) +
                " from the service manager is no listening unix stream socket; the unit needs "
                "ListenStream=/PATH"
            );
        }
        const int flags = ::fcntl(fd, F_GETFL);
        ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
        sockets.push_back(fd);
    }
    return sockets;
}

}  // namespace proxy
