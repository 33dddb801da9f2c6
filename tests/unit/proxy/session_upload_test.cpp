// An engine that answers, and goes, while the client still sends.
#include "tests/unit/proxy/session_fixture.hpp"

#include <catch2/catch.hpp>

using test_support::until;

namespace {

const std::string upload = "POST /build HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n";
const std::string refusal =
    "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno\n";

asio::awaitable<void> answer_early(session_fixture& f)
{
    auto engine = co_await f.accept();
    const auto some = co_await receive_some(engine);
    CHECK_FALSE(some.empty());
    co_await send(engine, refusal);
    engine.close();
}

// More than all buffers on the way take, or until it is cut off.
asio::awaitable<void> send_much(client_socket& client)
{
    boost::system::error_code cut;
    const std::string much(65536, 'x');
    for (int round = 0; round < 200 && !cut; ++round) {
        co_await asio::async_write(
            client, asio::buffer(much), asio::redirect_error(asio::use_awaitable, cut)
        );
    }
}

}  // namespace

// A pipe is disconnected as soon as its client has read everything: one that reads only when it has
// sent all never gets that far.
TEST_CASE("an early response reaches a client that sends to the end before it reads", "[unix]")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, upload);
        co_await answer_early(f);
        co_await send_much(f.client);
        finish(f.client);
        const auto answer = co_await receive_all(f.client);
        CHECK(answer == refusal);
    }(one));
}

TEST_CASE("an early response reaches a client that reads while it sends, as Docker's does")
{
    session_fixture one;
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, upload);
        bool sent = false;
        asio::co_spawn(f.loop, send_much(f.client), [&sent](const std::exception_ptr&) {
            sent = true;
        });
        co_await answer_early(f);
        const auto answer = co_await receive_all(f.client);
        CHECK(answer == refusal);
        // What the client still sends is neither waited for nor in its way.
        co_await until([&] { return sent; });
    }(one));
}
