// Connecting with ConnectEx, by Asio: winsock tells of a connection that failed in another way than
// of one that can be written to.
#include "proxy/asio_bridge.hpp"
#include "proxy/connector.hpp"
#include "proxy/socket_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

using stream_socket = asio::generic::stream_protocol::socket;

asio::awaitable<std::unique_ptr<byte_stream>> connected(stream_socket::endpoint_type to)
{
    const auto executor = co_await asio::this_coro::executor;
    stream_socket socket(executor);
    socket.open(to.protocol());
    co_await socket.async_connect(to, asio::use_awaitable);
    socket.set_option(asio::ip::tcp::no_delay(true));
    co_return make_socket_stream(std::move(socket));
}

}  // namespace

io_task<std::unique_ptr<byte_stream>>
connector::connect_local(const config::unix_endpoint&, dial_attempt&)
{
    throw hop_error(
        "no engine listens on a unix socket of Windows: name one by tcp://HOST:PORT or "
        "ssh://HOST"
    );
    co_return nullptr;  // what makes it a coroutine
}

// Windows has memory rather than a number of descriptors to run out of: nothing is waited for.
io_task<std::unique_ptr<byte_stream>> connector::connect_socket(
    const stream_socket::endpoint_type& to, dial_attempt& attempt
)
{
    if (attempt.called_off()) {
        const boost::system::error_code failure = asio::error::operation_aborted;
        throw boost::system::system_error(failure);
    }
    auto connecting = connected(to);
    from_asio stream(executor_, std::move(connecting), attempt.slot());
    auto result = co_await stream;
    co_return std::move(result);
}

}  // namespace proxy
