// Ports below 1024.
#include "proxy/host_port_rules.hpp"

namespace proxy {

std::string permission_rule(std::uint16_t port)
{
    return "this host keeps ports below 1024 for root: publish a higher one, or allow it with "
           "`sysctl net.ipv4.ip_unprivileged_port_start=" +
           std::to_string(port) + "`";
}

}  // namespace proxy
