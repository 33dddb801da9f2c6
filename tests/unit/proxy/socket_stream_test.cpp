// Waits on sockets, where a reactor may tell of somebody else's event (Asio's does).
#include "proxy/socket_stream.hpp"

#include "tests/support/run_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace asio = boost::asio;
using client_socket = asio::local::stream_protocol::socket;

namespace {

struct pair {
    explicit pair(asio::io_context& loop) : far(loop)
    {
        client_socket near(loop);
        asio::local::connect_pair(near, far);
        near.native_non_blocking(true);
        stream = proxy::make_socket_stream(loop.get_executor(), near.release());
    }

    std::unique_ptr<proxy::byte_stream> stream;
    client_socket far;
};

}  // namespace

TEST_CASE("a peer is not taken for gone because another one, whose place it has, has gone")
{
    asio::io_context loop(1);
    pair one(loop);
    pair other(loop);
    std::unique_ptr<pair> living;
    bool gone = false;
    bool begun = false;
    const auto ended = [](const std::exception_ptr&) {};

    const auto watch = [&]() -> asio::awaitable<void> {
        try {
            co_await living->stream->wait_for_hangup();
            gone = true;
        } catch (const boost::system::system_error&) {
        }
    };
    // Whichever comes first closes the other, whose event is queued already, and a third socket
    // takes its place.
    const auto take_place = [&](pair& mine, pair& theirs) -> asio::awaitable<void> {
        try {
            co_await mine.stream->wait_for_hangup();
        } catch (const boost::system::system_error&) {
            co_return;
        }
        if (std::exchange(begun, true)) co_return;
        theirs.stream.reset();
        living = std::make_unique<pair>(loop);
        asio::co_spawn(loop, watch(), ended);
    };
    asio::co_spawn(loop, take_place(one, other), ended);
    asio::co_spawn(loop, take_place(other, one), ended);
    loop.poll();
    one.far.close();
    other.far.close();
    for (int round = 0; round < 10; ++round) loop.poll();
    REQUIRE(living);
    CHECK_FALSE(gone);

    living->far.close();
    loop.restart();
    loop.run_for(test_support::patience);
    CHECK(gone);
}
