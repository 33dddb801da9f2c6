// A connection to the docker socket that asks for nothing: it has a service manager that opened the
// socket start the daemon, and no VM is started by it. One source file a platform.
#pragma once

#include "config/endpoint.hpp"

#include <memory>

namespace gangway {

class knock {
public:
    explicit knock(const config::local_endpoint& docker_socket);
    ~knock();
    knock(const knock&) = delete;
    knock& operator=(const knock&) = delete;

    // Whether somebody listens there.
    bool is_heard() const;

    // Whether the other side has closed the connection, as a service manager does whose daemon does
    // not start.
    bool is_turned_away();

private:
    struct connection;
    std::unique_ptr<connection> connection_;
};

}  // namespace gangway
