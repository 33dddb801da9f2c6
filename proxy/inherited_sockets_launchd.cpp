// launchd's socket activation: launch_activate_socket(3), for the socket that the property list
// names "docker". Compiled on macOS only.
#include "proxy/inherited_sockets.hpp"
#include "proxy/listener.hpp"

#include <fcntl.h>
#include <launch.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace proxy {

std::vector<int> inherited_sockets()
{
    int* descriptors = nullptr;
    std::size_t count = 0;
    if (const int error = launch_activate_socket("docker", &descriptors, &count); error != 0) {
        throw listen_error(
            std::string("--listen fd:// needs the socket \"docker\" from launchd: ") +
            std::strerror(error)
        );
    }
    std::vector<int> sockets(descriptors, descriptors + count);
    std::free(descriptors);
    for (const int fd : sockets) {
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return sockets;
}

}  // namespace proxy
