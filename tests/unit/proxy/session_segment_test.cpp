// How a session cuts what it writes to the client. Between sequenced packets each write is seen.
#include "tests/unit/proxy/session_fixture.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <catch2/catch.hpp>
#include <sys/socket.h>

#include <array>

TEST_CASE("the head of a hijacked stream is a write of its own", "[c12]")
{
    session_fixture one;
    std::array<int, 2> ends{};
    constexpr int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
    REQUIRE(::socketpair(AF_UNIX, type, 0, ends.data()) == 0);
    asio::posix::stream_descriptor client(one.loop, ends[0]);
    proxy::client_connection connection{
        proxy::make_socket_stream(one.loop.get_executor(), ends[1]), {1000, 42, "docker"}};
    one.session.emplace(one.tools, std::move(connection), one.engine, one.dialer, one.limits);
    one.run(
        [](session_fixture& f, asio::posix::stream_descriptor& docker) -> asio::awaitable<void> {
            co_await send(docker, "POST /exec/e/start HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
            auto engine = co_await f.accept();
            co_await receive_some(engine);
            const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
            // In one segment, as dockerd's two writes may arrive.
            co_await send(engine, head + "first frame");
            const auto first = co_await receive_some(docker);
            CHECK(first == head);
            const auto second = co_await receive_some(docker);
            CHECK(second == "first frame");
            docker.close();
        }(one, client)
    );
}
