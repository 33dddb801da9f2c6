// systemd's notifications (sd_notify(3), whose protocol is stable; why it is spoken here:
// proxy/inherited_sockets_systemd.cpp). Does nothing when no manager listens.
#include "gangwayd/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

// A manager that cannot be reached learns nothing; the daemon works all the same.
void notify(std::string_view state)
{
    const char* variable = ::getenv("NOTIFY_SOCKET");
    const std::string_view path = variable != nullptr ? variable : "";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() < 2 || path.size() >= sizeof address.sun_path) return;
    if (path.front() != '/' && path.front() != '@') return;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') address.sun_path[0] = '\0';  // an abstract address
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    const auto* to = reinterpret_cast<const sockaddr*>(&address);
    ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, to, size);
    ::close(socket);
}

}  // namespace

void notify_ready()
{
    notify("READY=1");
}

void notify_stopping()
{
    notify("STOPPING=1");
}
