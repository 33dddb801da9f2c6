// SO_REUSEADDR; ports below 1024.
#include "proxy/host_port_rules.hpp"

namespace proxy {

// As Go's net package does, so as dockerd's proxy is had.
void disregard_old_connections(boost::asio::ip::tcp::acceptor& opened)
{
    opened.set_option(boost::asio::ip::tcp::acceptor::reuse_address(true));
}

std::string permission_rule(std::uint16_t port)
{
    return "this host keeps ports below 1024 for root: publish a higher one, or allow it with "
           "`sysctl net.ipv4.ip_unprivileged_port_start=" +
           std::to_string(port) + "`";
}

}  // namespace proxy
