// A unix socket.
#include "gangway/control_client.hpp"
#include "gangway/control_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

namespace gangway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using stream_protocol = asio::local::stream_protocol;

[[noreturn]] void fail(const std::string& path, const std::string& why)
{
    throw failure("the control socket " + path + " " + why);
}

class unix_connection final : public control_connection {
public:
    unix_connection(const std::string& path, const pulse& pulse) : pulse_(pulse), socket_(context_)
    {
        error_code error;
        socket_.connect(endpoint_of(path), error);
        if (error == asio::error::connection_refused ||
            error == boost::system::errc::no_such_file_or_directory ||
            error == boost::system::errc::not_a_directory)
            throw daemon_not_running("nothing listens on " + path);
        if (error) fail(path, "cannot be connected to: " + error.message());
    }

    std::size_t write_some(std::string_view bytes, error_code& error) override
    {
        return socket_.write_some(asio::buffer(bytes), error);
    }

    std::size_t read_some(char* into, std::size_t size, error_code& error) override
    {
        wait_until_readable();
        return socket_.read_some(asio::buffer(into, size), error);
    }

private:
    static stream_protocol::endpoint endpoint_of(const std::string& path)
    {
        try {
            return {path};
        } catch (const boost::system::system_error& error) {
            fail(path, "is none: " + error.code().message());  // too long for a socket
        }
    }

    void wait_until_readable()
    {
        if (!pulse_.beat) return;
        bool readable = false;
        socket_.async_wait(stream_protocol::socket::wait_read, [&readable](error_code) {
            readable = true;
        });
        context_.restart();
        while (!readable)
            if (context_.run_one_for(pulse_.period) == 0) pulse_.beat();
    }

    const pulse& pulse_;
    asio::io_context context_;
    stream_protocol::socket socket_;
};

}  // namespace

std::unique_ptr<control_connection> connect_to(
    const config::local_endpoint& endpoint, const pulse& pulse
)
{
    if (const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint))
        return std::make_unique<unix_connection>(socket->path.string(), pulse);
    throw failure(place_of(endpoint) + " is a named pipe, which Windows alone has");
}

}  // namespace gangway
