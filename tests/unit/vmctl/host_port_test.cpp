// A port of this host, taken and free, with real sockets.
#include "vmctl/host_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

TEST_CASE("a port that somebody listens on is taken until they stop")
{
    using boost::asio::ip::tcp;
    boost::asio::io_context context(1);
    tcp::acceptor other(context, {boost::asio::ip::address_v4::loopback(), 0});
    const auto port = other.local_endpoint().port();
    CHECK(vmctl::port_is_taken(port));
    other.close();
    CHECK_FALSE(vmctl::port_is_taken(port));
}
