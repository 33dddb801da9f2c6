// Which ports of this host can be listened on.
#pragma once

#include "vmctl/port_forwarding.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>

namespace vmctl {

// Before bind(): connections of an earlier listener, which may be there for a while, do not keep
// the port from us; another listener does. One source file a system.
void disregard_old_connections(boost::asio::ip::tcp::acceptor& opened);

// True: something else listens on 127.0.0.1:`port`, or would be in the way of that. Blocking,
// short.
bool port_is_taken(std::uint16_t port);

// A port of 127.0.0.1 that nobody has at this moment, for a program that wants to be told one. The
// system chooses among many, so that one which was given soon comes again rarely. Throws
// boost::system::system_error when there is none left.
std::uint16_t free_host_port(transport protocol);

}  // namespace vmctl
