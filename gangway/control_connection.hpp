// A connection to a socket or pipe of this machine, whose calls block, with a pulse while a read
// does. One source file a platform.
#pragma once

#include "config/endpoint.hpp"

#include <boost/system/error_code.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gangway {

// Called every `period` while nothing comes; may throw, which ends the wait. Empty: nobody is.
struct pulse {
    std::function<void()> beat;
    std::chrono::milliseconds period{};
};

class control_connection {
public:
    control_connection() = default;
    control_connection(const control_connection&) = delete;
    control_connection& operator=(const control_connection&) = delete;
    virtual ~control_connection() = default;

    // How many bytes went out.
    virtual std::size_t write_some(std::string_view bytes, boost::system::error_code& error) = 0;

    // How many came, at most `size`. The end is asio::error::eof.
    virtual std::size_t read_some(
        char* into, std::size_t size, boost::system::error_code& error
    ) = 0;
};

// Throws daemon_not_running when nobody listens there, and failure when it cannot be connected to
// for another reason. `pulse` must outlive it.
std::unique_ptr<control_connection> connect_to(
    const config::local_endpoint& endpoint, const pulse& pulse
);

// The endpoint as a sentence names it: a path, or `npipe:////./pipe/NAME`.
std::string place_of(const config::local_endpoint& endpoint);

}  // namespace gangway
