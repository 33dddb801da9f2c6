// Two sockets that are connected with each other, of the kind that clients come on: unix sockets,
// or TCP on loopback where there are none.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

namespace test_support {

using paired_socket = boost::asio::generic::stream_protocol::socket;

struct socket_pair {
    paired_socket ours;
    paired_socket peers;
};

socket_pair make_socket_pair(const boost::asio::any_io_executor& executor);

// As a program that is killed does: the other side can neither send nor receive any more.
inline void vanish(paired_socket& socket)
{
    boost::system::error_code ignored;
    socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

}  // namespace test_support
