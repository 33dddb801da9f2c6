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
    tcp::socket near(executor);
    near.connect(acceptor.local_endpoint());
    auto far = acceptor.accept();
    near.set_option(tcp::no_delay(true));
    far.set_option(tcp::no_delay(true));
    return {std::move(near), std::move(far)};
}

}  // namespace test_support
