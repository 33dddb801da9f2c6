// Ports of this host as their clients see them.
#pragma once

#include "tests/support/unique_fd.hpp"

#include <string>

namespace e2e {

// A TCP port of 127.0.0.1 that somebody has.
class held_port {
public:
    held_port();

    std::string number() const { return number_; }

private:
    test_support::unique_fd socket_;
    std::string number_;
};

// One that nobody has, just now.
std::string free_port();

// What an HTTP server on 127.0.0.1 gives; empty: nothing.
std::string page_at(const std::string& port);

// What comes back of a datagram; empty: nothing in a second.
std::string echo_of(const std::string& text, const std::string& port);

}  // namespace e2e
