// A port of this host, taken and free, with real sockets.
#include "vmctl/host_port.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::acceptor listening_on(asio::io_context& loop, std::uint16_t port)
{
    const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    tcp::acceptor acceptor(loop, where.protocol());
    vmctl::disregard_old_connections(acceptor);
    acceptor.bind(where);
    acceptor.listen();
    return acceptor;
}

}  // namespace

TEST_CASE("a port that somebody listens on is taken until they stop")
{
    asio::io_context loop;
    tcp::acceptor other(loop, {asio::ip::address_v4::loopback(), 0});
    const auto port = other.local_endpoint().port();
    CHECK(vmctl::port_is_taken(port));
    other.close();
    CHECK_FALSE(vmctl::port_is_taken(port));
}

TEST_CASE("a port is had again though its old connections live, and from no other listener")
{
    asio::io_context loop;
    auto first = listening_on(loop, 0);
    const auto port = first.local_endpoint().port();
    CHECK_THROWS_AS(listening_on(loop, port), boost::system::system_error);
    tcp::socket client(loop);
    client.connect(first.local_endpoint());
    const auto served = first.accept();
    first.close();
    CHECK_NOTHROW(listening_on(loop, port));
}
