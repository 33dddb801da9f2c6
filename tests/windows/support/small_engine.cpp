// A coroutine a connection, on a thread of its own.
#include "tests/windows/support/small_engine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace windows_support {
namespace {

std::string answer(const std::string& type, const std::string& body)
{
    return "HTTP/1.1 200 OK\r\nApi-Version: 1.43\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Says every byte back until the client's end, which it answers with one more word.
asio::awaitable<void> run_exec(tcp::socket& socket, std::string held)
{
    const std::string head =
        "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
        "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    co_await asio::async_write(socket, asio::buffer(head), asio::use_awaitable);
    std::string block(65536, '\0');
    for (;;) {
        if (!held.empty())
            co_await asio::async_write(socket, asio::buffer(held), asio::use_awaitable);
        error_code ended;
        const auto size = co_await socket.async_read_some(
            asio::buffer(block), asio::redirect_error(asio::use_awaitable, ended)
        );
        if (ended) break;
        held.assign(block, 0, size);
    }
    const std::string last = "<end>";
    co_await asio::async_write(socket, asio::buffer(last), asio::use_awaitable);
    socket.shutdown(tcp::socket::shutdown_send);
}

asio::awaitable<void> serve(tcp::socket socket)
{
    std::string bytes;
    for (;;) {
        error_code ended;
        const auto size = co_await asio::async_read_until(
            socket,
            asio::dynamic_buffer(bytes),
            "\r\n\r\n",
            asio::redirect_error(asio::use_awaitable, ended)
        );
        if (ended) co_return;
        const auto head = bytes.substr(0, size);
        bytes.erase(0, size);
        const auto path = head.substr(head.find('/'), head.find(" HTTP") - head.find('/'));
        if (path.find("/exec/") != std::string::npos) {
            // Of the body, which says how, only the length matters.
            const auto place = head.find("Content-Length: ");
            const auto length =
                place == std::string::npos ? 0UL : std::stoul(head.substr(place + 16));
            while (bytes.size() < length) {
                std::string more(length - bytes.size(), '\0');
                const auto got =
                    co_await socket.async_read_some(asio::buffer(more), asio::use_awaitable);
                bytes += more.substr(0, got);
            }
            co_await run_exec(socket, bytes.substr(length));
            co_return;
        }
        const bool version = path.find("/version") != std::string::npos;
        const auto text =
            version ? answer("application/json", small_version) : answer("text/plain", "OK");
        co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
    }
}

}  // namespace

small_engine::small_engine() : acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
{
    accept();
    thread_ = std::thread([this] { loop_.run(); });
}

void small_engine::accept()
{
    acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
        if (failed) return;
        // A client that breaks off is no failure of the test's.
        asio::co_spawn(loop_, serve(std::move(socket)), [](std::exception_ptr) {});
        accept();
    });
}

small_engine::~small_engine()
{
    loop_.stop();
    thread_.join();
}

std::string small_engine::endpoint() const
{
    return "tcp://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

}  // namespace windows_support
