// A unix socket, without blocking on it.
#include "vmctl/console_line.hpp"
#include "vmctl/console_shell.hpp"
#include "vmctl/private_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace vmctl {
namespace {

unique_descriptor connect_to(const std::filesystem::path& path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path)
        refuse_console("its socket's path is too long");
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    unique_descriptor connection(socket(AF_UNIX, SOCK_STREAM, 0));
    if (!connection || fcntl(connection.get(), F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(connection.get(), F_SETFL, O_NONBLOCK) != 0 ||
        connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        console_is_silent(path.string() + ": " + std::generic_category().message(errno));
    return connection;
}

class socket_line final : public console_line {
public:
    explicit socket_line(const std::filesystem::path& path) : connection_(connect_to(path)) {}

    std::string exchange(std::string& to_send, std::chrono::milliseconds patience) override
    {
        const int events = to_send.empty() ? POLLIN : POLLIN | POLLOUT;
        pollfd ready = {connection_.get(), static_cast<short>(events), 0};
        if (poll(&ready, 1, static_cast<int>(patience.count())) < 0 && errno != EINTR)
            refuse_console("its socket failed");
        if ((ready.revents & POLLOUT) != 0) send_some(to_send);
        if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0) return received();
        return {};
    }

private:
    void send_some(std::string& to_send)
    {
        const auto sent = send(connection_.get(), to_send.data(), to_send.size(), MSG_NOSIGNAL);
        if (sent > 0) to_send.erase(0, static_cast<std::size_t>(sent));
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            refuse_console("the VM has let go of it");
    }

    std::string received()
    {
        std::array<char, 4096> bytes = {};
        const auto got = recv(connection_.get(), bytes.data(), bytes.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
        if (got <= 0) refuse_console("the VM has let go of it");
        return {bytes.data(), static_cast<std::size_t>(got)};
    }

    unique_descriptor connection_;
};

}  // namespace

std::filesystem::path serial_socket_in(const std::filesystem::path& state_dir)
{
    return state_dir / "serial.sock";
}

void check_console_place(const std::filesystem::path& place)
{
    // With the final zero.
    const std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    if (place.string().size() <= longest) return;
    throw storage_error(
        "the path " + place.string() + " is longer than the " + std::to_string(longest) +
        " bytes that a socket may have; choose a shorter state_dir"
    );
}

std::unique_ptr<console_line> connect_to_console(const std::filesystem::path& place)
{
    return std::make_unique<socket_line>(place);
}

}  // namespace vmctl
