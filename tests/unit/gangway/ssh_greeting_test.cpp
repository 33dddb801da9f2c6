// A port forward accepts before the server behind it listens.
#include "gangway/ssh_greeting.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

TEST_CASE("ssh is waited for until its server greets")
{
    asio::io_context loop;
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
    std::atomic<int> visits = 0;
    std::thread server([&] {
        for (const std::string words : {"", "HTTP", "SSH-2.0-OpenSSH_10.0\r\n"}) {
            auto visitor = acceptor.accept();
            ++visits;
            asio::write(visitor, asio::buffer(words));
        }
    });
    gangway::await_ssh_greeting(acceptor.local_endpoint().port(), 60s);
    CHECK(visits == 3);
    server.join();
}

TEST_CASE("a server that never greets is waited for no longer than was asked")
{
    asio::io_context loop;
    tcp::acceptor silent(loop, {asio::ip::address_v4::loopback(), 0});
    gangway::await_ssh_greeting(silent.local_endpoint().port(), 1ms);
    SUCCEED("it returned");
}
