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

// Whether somebody listens on this port of 127.0.0.1.
bool is_open(const std::string& port);

// An IPv4 address of this host that is none of the loopback's; empty: there is none.
std::string outer_address();

// Whether this host has ::1.
bool has_ipv6_loopback();

// Two that follow each other and that nobody has, just now: the first.
int two_free_ports();

// What an HTTP server on this host gives; empty: nothing. An IPv6 address is in brackets.
std::string page_at(const std::string& port, const std::string& address = "127.0.0.1");

// What comes back of a datagram; empty: nothing in a second.
std::string echo_of(const std::string& text, const std::string& port);

}  // namespace e2e
