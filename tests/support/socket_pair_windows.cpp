// Over TCP, whose delays are none of a test's.
#include "tests/support/socket_pair.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace test_support {

socket_pair make_socket_pair(const asio::any_io_executor& executor)
{
    tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
    tcp::socket ours(executor);
    ours.connect(acceptor.local_endpoint());
    auto peers = acceptor.accept();
    ours.set_option(tcp::no_delay(true));
    peers.set_option(tcp::no_delay(true));
    return {std::move(ours), std::move(peers)};
}

}  // namespace test_support
