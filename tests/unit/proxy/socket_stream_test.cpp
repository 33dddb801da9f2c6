// Bytes, ends and waits on sockets, where a reactor may tell of somebody else's event (Asio's
// does).
#include "proxy/socket_stream.hpp"

#include "tests/support/run_loop.hpp"
#include "tests/support/socket_pair.hpp"
#include "tests/support/test_directory.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using test_support::vanish;

namespace {

struct pair {
    explicit pair(asio::io_context& loop) : peer(loop)
    {
        auto ends = test_support::make_socket_pair(loop.get_executor());
        stream = proxy::make_socket_stream(std::move(ends.ours));
        peer = std::move(ends.peers);
    }

    std::unique_ptr<proxy::byte_stream> stream;
    test_support::paired_socket peer;
};

asio::awaitable<std::string> read_to_end(proxy::byte_stream& stream)
{
    std::string all;
    std::array<char, 65536> bytes{};
    for (;;) {
        const auto count = co_await stream.read_some(asio::buffer(bytes));
        if (count == 0) co_return all;
        all.append(bytes.data(), count);
    }
}

asio::awaitable<std::string> take_to_end(test_support::paired_socket& from)
{
    std::string all;
    boost::system::error_code end;
    co_await asio::async_read(
        from, asio::dynamic_buffer(all), asio::redirect_error(asio::use_awaitable, end)
    );
    co_return all;
}

}  // namespace

TEST_CASE("each direction of a socket ends by itself, after its last byte")
{
    asio::io_context loop(1);
    pair one(loop);
    const auto question = test_support::patterned_bytes(3'000'000);
    const auto answer = test_support::patterned_bytes(2'000'000);
    std::string heard;
    std::string got;
    const auto peer = [&]() -> asio::awaitable<void> {
        heard = co_await take_to_end(one.peer);
        co_await asio::async_write(one.peer, asio::buffer(answer), asio::use_awaitable);
        one.peer.shutdown(test_support::paired_socket::shutdown_send);
    };
    const auto ours = [&]() -> asio::awaitable<void> {
        co_await one.stream->write(asio::buffer(question));
        co_await one.stream->finish_writing();
        co_await one.stream->finish_writing();  // harmless
        got = co_await read_to_end(*one.stream);
    };
    asio::co_spawn(loop, peer(), [](const std::exception_ptr&) {});
    test_support::run_loop(loop, ours());
    CHECK(heard == question);
    CHECK(got == answer);
}

TEST_CASE("nothing there, the end, and a connection that breaks are told apart")
{
    asio::io_context loop(1);
    pair one(loop);
    std::array<char, 16> bytes{};
    CHECK_FALSE(one.stream->read_now(asio::buffer(bytes)));
    SECTION("the end")
    {
        one.peer.shutdown(test_support::paired_socket::shutdown_send);
        const auto body = [&]() -> asio::awaitable<void> {
            const auto count = co_await one.stream->read_some(asio::buffer(bytes));
            CHECK(count == 0);
        };
        test_support::run_loop(loop, body());
    }
    SECTION("we break it off while somebody waits")
    {
        boost::system::error_code failure;
        const auto wait = [&]() -> asio::awaitable<void> {
            try {
                co_await one.stream->read_some(asio::buffer(bytes));
            } catch (const boost::system::system_error& error) {
                failure = error.code();
            }
        };
        asio::co_spawn(loop, wait(), [](const std::exception_ptr&) {});
        loop.poll();
        one.stream->abort();
        loop.restart();
        loop.run_for(test_support::patience);
        CHECK(failure == asio::error::operation_aborted);
    }
}

TEST_CASE("who stops reading is waited for, and gets every byte")
{
    asio::io_context loop(1);
    pair one(loop);
    const auto block = test_support::patterned_bytes(100'000);
    bool taken = false;
    std::string heard;
    const auto peer = [&]() -> asio::awaitable<void> {
        co_await test_support::until([&] { return taken; });
        heard = co_await take_to_end(one.peer);
    };
    std::size_t sent = 0;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto rest = asio::buffer(block);
        while (one.stream->write_now(rest)) {
            sent += block.size();
            rest = asio::buffer(block);
        }
        taken = true;
        co_await one.stream->write(rest);
        sent += block.size();
        co_await one.stream->finish_writing();
    };
    asio::co_spawn(loop, peer(), [](const std::exception_ptr&) {});
    test_support::run_loop(loop, ours());
    CHECK(heard.size() == sent);
    CHECK(heard.starts_with(block));
    CHECK(heard.ends_with(block));
}

TEST_CASE("a peer that has ended its direction alone has not gone; one that vanishes has")
{
    asio::io_context loop(1);
    pair one(loop);
    one.peer.shutdown(test_support::paired_socket::shutdown_send);
    bool gone = false;
    const auto watch = [&]() -> asio::awaitable<void> {
        co_await one.stream->wait_for_hangup();
        gone = true;
    };
    const auto body = [&]() -> asio::awaitable<void> {
        std::array<char, 16> bytes{};
        const auto count = co_await one.stream->read_some(asio::buffer(bytes));
        CHECK(count == 0);
        const auto executor = loop.get_executor();
        auto watching = watch();
        asio::co_spawn(executor, std::move(watching), [](const std::exception_ptr&) {});
        // The answer still goes.
        co_await one.stream->write(asio::buffer(std::string_view("answer")));
        std::string heard(6, '\0');
        co_await asio::async_read(one.peer, asio::buffer(heard), asio::use_awaitable);
        CHECK(heard == "answer");
        CHECK_FALSE(gone);
        vanish(one.peer);
        co_await test_support::until([&] { return gone; });
    };
    test_support::run_loop(loop, body());
    CHECK(gone);
}

TEST_CASE("a peer that vanishes with bytes unread is noticed, too")
{
    asio::io_context loop(1);
    pair one(loop);
    const auto body = [&]() -> asio::awaitable<void> {
        co_await asio::async_write(
            one.peer, asio::buffer(std::string_view("unread")), asio::use_awaitable
        );
        vanish(one.peer);
        co_await one.stream->wait_for_hangup();
    };
    test_support::run_loop(loop, body());
    SUCCEED("the wait has ended");
}

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
    vanish(one.peer);
    vanish(other.peer);
    REQUIRE(test_support::eventually([&] {
        loop.poll();
        return living != nullptr;
    }));
    for (int round = 0; round < 10; ++round) loop.poll();
    CHECK_FALSE(gone);

    vanish(living->peer);
    loop.restart();
    loop.run_for(test_support::patience);
    CHECK(gone);
}
