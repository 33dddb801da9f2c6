// On a unix socket.
#include "gangway/knock.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <variant>

namespace gangway {
namespace {

namespace asio = boost::asio;
using stream_protocol = asio::local::stream_protocol;

}  // namespace

struct knock::connection {
    asio::io_context context;
    stream_protocol::socket socket{context};
    bool heard = false;
};

knock::knock(const config::local_endpoint& docker_socket)
    : connection_(std::make_unique<connection>())
{
    const auto* const path = std::get_if<config::unix_endpoint>(&docker_socket);
    if (path == nullptr) return;
    auto& socket = connection_->socket;
    boost::system::error_code error;
    socket.connect(stream_protocol::endpoint(path->path.string()), error);
    connection_->heard = !error;
    if (!error) socket.non_blocking(true);
}

knock::~knock() = default;

bool knock::is_heard() const
{
    return connection_->heard;
}

bool knock::is_turned_away()
{
    // It never sends: we have asked nothing.
    char byte = 0;
    boost::system::error_code error;
    connection_->socket.receive(
        asio::buffer(&byte, 1), stream_protocol::socket::message_peek, error
    );
    return error && error != asio::error::would_block;
}

}  // namespace gangway
