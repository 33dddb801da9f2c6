// Asked before a container starts and after it has started, so that what it publishes is open on
// this host when the client hears of it.
#pragma once

#include "vmctl/engine.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace proxy {

// The container cannot be started, or could not stay. what() is the sentence that the client gets.
class start_refused : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A start on its way through the engine. Destroyed without settle(): nobody knows how it ended.
class container_start {
public:
    container_start() = default;
    container_start(const container_start&) = delete;
    container_start& operator=(const container_start&) = delete;
    container_start(container_start&&) = delete;
    container_start& operator=(container_start&&) = delete;
    virtual ~container_start() = default;

    // The engine has answered. True when what the container publishes now is open. Throws
    // start_refused; the container was stopped again then.
    virtual boost::asio::awaitable<bool> settle() = 0;
};

class start_gate {
public:
    virtual ~start_gate() = default;

    // `container` as the request's path names it. Nothing: the engine does not know it either.
    // Throws start_refused.
    virtual boost::asio::awaitable<std::unique_ptr<container_start>> admit(std::string container
    ) = 0;
};

}  // namespace proxy
