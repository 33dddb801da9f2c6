// SO_REUSEADDR, as QEMU and Go's net package (so dockerd's proxy) set it.
#include "vmctl/host_port.hpp"

namespace vmctl {

void disregard_old_connections(boost::asio::ip::tcp::acceptor& opened)
{
    opened.set_option(boost::asio::ip::tcp::acceptor::reuse_address(true));
}

}  // namespace vmctl
