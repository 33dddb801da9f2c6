// Where clients come from: a unix socket or a named pipe of our own, or a socket that the service
// manager has opened. One source file a platform.
#pragma once

#include "config/endpoint.hpp"
#include "proxy/byte_stream.hpp"
#include "proxy/peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace proxy {

// A socket or pipe cannot be served. what() is a sentence that names it and says what to do.
class listen_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct client_connection {
    std::unique_ptr<byte_stream> stream;
    peer who;
};

class listener {
public:
    listener() = default;
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    listener(listener&&) = delete;
    listener& operator=(listener&&) = delete;
    // Stops listening; a socket file of our own is removed.
    virtual ~listener() = default;

    // The next client. Survives a shortage of descriptors by waiting. Throws when the socket itself
    // is unusable; may be cancelled.
    virtual boost::asio::awaitable<client_connection> accept() = 0;

    // For the log: "unix:///run/user/1000/gangway/docker.sock".
    virtual std::string name() const = 0;
};

// Binds `endpoint`. The socket's mode is 0600, or 0660 and `group` when that is not empty; its
// directory is made with mode 0700 (0750 and `group`) when it does not exist. A socket that nobody
// serves any more is replaced; one that is served is refused, and so is a path that holds something
// else. A pipe (Windows) is for the current user, Administrators and SYSTEM, and for `group` when
// that is not empty. Throws listen_error, also for what the platform does not have.
std::unique_ptr<listener> listen_on(
    boost::asio::any_io_executor executor,
    const config::local_endpoint& endpoint,
    const std::string& group
);

// The sockets that the service manager has handed over to this process (systemd: sd_listen_fds(3),
// launchd: launch_activate_socket). Throws listen_error when there is none, or one is not a
// listening unix stream socket.
std::vector<std::unique_ptr<listener>> inherited_listeners(boost::asio::any_io_executor executor);

}  // namespace proxy
