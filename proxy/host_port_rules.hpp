// What each system has rules of its own about, of the ports of this host. One source file a system.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace proxy {

// Before bind(): connections of an earlier listener, which may be there for a while, do not keep
// the port from us; another listener does.
void disregard_old_connections(boost::asio::ip::tcp::acceptor& opened);

// Why a port may be not permitted, and what to do; goes on after "permission denied; ".
std::string permission_rule(std::uint16_t port);

}  // namespace proxy
