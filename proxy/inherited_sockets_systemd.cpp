// systemd's socket activation (sd_listen_fds(3), whose protocol is stable). Spoken here: libsystemd
// would bring six libraries more into an idle daemon for it.
#include "proxy/inherited_sockets.hpp"
#include "proxy/listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {
namespace {

constexpr int first = 3;  // SD_LISTEN_FDS_START

std::optional<int> number_in(const char* variable)
{
    const char* value = ::getenv(variable);
    if (value == nullptr) return std::nullopt;
    const std::string_view text = value;
    int number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// Unset afterwards, so that our children do not find them.
int count_of_sockets()
{
    const bool ours = number_in("LISTEN_PID") == static_cast<int>(::getpid());
    const int count = ours ? number_in("LISTEN_FDS").value_or(0) : 0;
    for (const char* each : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(each);
    return count;
}

int option_of(int socket, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(socket, SOL_SOCKET, name, &value, &size);
    return value;
}

bool listens(int socket)
{
    return option_of(socket, SO_DOMAIN) == AF_UNIX && option_of(socket, SO_TYPE) == SOCK_STREAM &&
           option_of(socket, SO_ACCEPTCONN) == 1;
}

}  // namespace

std::vector<int> inherited_sockets()
{
    const int count = count_of_sockets();
    if (count <= 0) {
        throw listen_error(
            "--listen fd:// needs a socket from the service manager, and it has handed over none; "
            "start gangwayd through gangwayd.socket, or give --listen unix:///PATH"
        );
    }
    std::vector<int> sockets;
    for (int fd = first; fd < first + count; ++fd) {
        if (!listens(fd)) {
            throw listen_error(
                "descriptor " + std::to_string(fd) +
                " from the service manager is no listening unix stream socket; the unit needs "
                "ListenStream=/PATH"
            );
        }
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
        sockets.push_back(fd);
    }
    return sockets;
}

}  // namespace proxy
