// Connects and reads, again and again, until there is a greeting.
#include "gangway/ssh_greeting.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <string>

namespace asio = boost::asio;

namespace gangway {
namespace {

using asio::ip::tcp;
constexpr std::chrono::milliseconds look_again{200};

asio::awaitable<void> look(asio::io_context& loop, tcp::endpoint server)
{
    for (;;) {
        tcp::socket socket(loop);
        std::string greeting(4, '\0');
        boost::system::error_code failed;
        co_await socket.async_connect(server, asio::redirect_error(asio::use_awaitable, failed));
        if (failed) co_return;
        co_await asio::async_read(
            socket, asio::buffer(greeting), asio::redirect_error(asio::use_awaitable, failed)
        );
        if (!failed && greeting == "SSH-") co_return;
        asio::steady_timer pause(loop, look_again);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace

void await_ssh_greeting(std::uint16_t port, std::chrono::milliseconds patience)
{
    asio::io_context loop(1);
    const tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    asio::co_spawn(loop, look(loop, server), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    // Returns when there is a greeting; else the loop takes the coroutine with it.
    loop.run_for(patience);
}

}  // namespace gangway
