// Tries the port, and lets it go again.
#include "vmctl/host_port.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

namespace vmctl {

namespace {

template <class Protocol>
std::uint16_t port_of_new()
{
    boost::asio::io_context context(1);
    const typename Protocol::endpoint any(boost::asio::ip::address_v4::loopback(), 0);
    const typename Protocol::socket socket(context, any);
    return socket.local_endpoint().port();
}

}  // namespace

std::uint16_t free_host_port(transport protocol)
{
    using boost::asio::ip::tcp;
    using boost::asio::ip::udp;
    return protocol == transport::tcp ? port_of_new<tcp>() : port_of_new<udp>();
}

bool port_is_taken(std::uint16_t port)
{
    using boost::asio::ip::tcp;
    const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port);
    boost::asio::io_context context(1);
    tcp::acceptor acceptor(context);
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) disregard_old_connections(acceptor);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(1, error);
    return error == boost::asio::error::address_in_use;
}

}  // namespace vmctl
