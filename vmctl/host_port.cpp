// Tries the port, and lets it go again.
#include "vmctl/host_port.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

namespace vmctl {

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
