// Old connections are no matter on Windows, where SO_REUSEADDR would share a port with another
// listener; Go's net package does not set it, either.
#include "vmctl/host_port.hpp"

namespace vmctl {

void disregard_old_connections(boost::asio::ip::tcp::acceptor&) {}

}  // namespace vmctl
