// Ports that a listener has had, and those that POSIX keeps for root.
#include "proxy/host_port_rules.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::acceptor listening_on(asio::io_context& loop, std::uint16_t port)
{
    const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    tcp::acceptor acceptor(loop, where.protocol());
    proxy::disregard_old_connections(acceptor);
    acceptor.bind(where);
    acceptor.listen();
    return acceptor;
}

}  // namespace

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

TEST_CASE("a port that is not permitted is explained as this system's rules are")
{
    CHECK_THAT(proxy::permission_rule(80), Catch::Contains(PERMISSION_RULE));
}
