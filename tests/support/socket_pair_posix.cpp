// socketpair(2).
#include "tests/support/socket_pair.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <utility>

namespace asio = boost::asio;

namespace test_support {

socket_pair make_socket_pair(const asio::any_io_executor& executor)
{
    asio::local::stream_protocol::socket ours(executor);
    asio::local::stream_protocol::socket peers(executor);
    asio::local::connect_pair(ours, peers);
    return {std::move(ours), std::move(peers)};
}

}  // namespace test_support
