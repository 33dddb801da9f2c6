// Ranges of ports are kept for Hyper-V and others.
#include "proxy/host_port_rules.hpp"

namespace proxy {

std::string permission_rule(std::uint16_t port)
{
    return "Windows keeps ranges of ports for itself, and " + std::to_string(port) +
           " may be in one (`netsh interface ipv4 show excludedportrange protocol=tcp`), or "
           "another program has it for itself alone: publish another one";
}

}  // namespace proxy
