// socketpair(2).
#include "tests/support/socket_pair.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <utility>

namespace asio = boost::asio;

namespace test_support {

socket_pair make_socket_pair(const asio::any_io_executor& executor)
{
    asio::local::stream_protocol::socket near(executor);
    asio::local::stream_protocol::socket far(executor);
    asio::local::connect_pair(near, far);
    return {std::move(near), std::move(far)};
}

}  // namespace test_support
