// The plain transport: Asio's socket operations under byte_stream's contract.
#include "proxy/socket_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

class socket_stream final : public byte_stream {
public:
    explicit socket_stream(stream_socket socket) : socket_(std::move(socket))
    {
        // Else Asio's write_some() would wait in the loop's thread.
        socket_.non_blocking(true);
    }

    asio::awaitable<std::size_t> read_some(asio::mutable_buffer into) override
    {
        boost::system::error_code ec;
        const auto count =
            co_await socket_.async_read_some(into, asio::redirect_error(asio::use_awaitable, ec));
        if (ec && ec != asio::error::eof) throw boost::system::system_error(ec, "read");
        co_return count;
    }

    std::size_t write_now(asio::const_buffer from) override
    {
        boost::system::error_code ec;
        const auto count = socket_.write_some(from, ec);
        if (ec && ec != asio::error::would_block) throw boost::system::system_error(ec, "write");
        return count;
    }

    asio::awaitable<void> write(asio::const_buffer from) override
    {
        co_await asio::async_write(socket_, from, asio::use_awaitable);
    }

    asio::awaitable<void> finish_writing() override
    {
        // Fails only when the peer is already gone, and then its reader needs no end of stream.
        boost::system::error_code ignored;
        socket_.shutdown(stream_socket::shutdown_send, ignored);
        co_return;
    }

    void abort() noexcept override
    {
        boost::system::error_code ignored;
        // A no-op on unix sockets, where closing is already as much as can be told.
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

    asio::awaitable<void> wait_for_hangup() override
    {
        boost::system::error_code ignored;
        co_await socket_.async_wait(
            stream_socket::wait_error, asio::redirect_error(asio::use_awaitable, ignored)
        );
    }

private:
    stream_socket socket_;
};

}  // namespace

std::unique_ptr<byte_stream> make_socket_stream(stream_socket socket)
{
    return std::make_unique<socket_stream>(std::move(socket));
}

}  // namespace proxy
