// byte_stream on a named pipe, with a client in a thread of its own.
#include "tests/windows/proxy/pipe_scene.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>
#include <windows.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace {

std::string pattern(std::size_t size)
{
    std::string bytes(size, '\0');
    std::uint32_t state = 1;
    for (auto& each : bytes) {
        state = state * 1664525 + 1013904223;
        each = static_cast<char>(state >> 24U);
    }
    return bytes;
}

}  // namespace

TEST_CASE("bytes go both ways over a pipe")
{
    pipe_scene s;
    std::string heard;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        heard = co_await read_exactly(*client.stream, 5);
        co_await write_all(*client.stream, "world!");
        const auto rest = co_await read_all(*client.stream);
        CHECK(rest.empty());
    };
    const auto reply = s.run(ours(), [&] {
        pipe_client client(s.name);
        client.write("hello");
        return client.read(6);
    });
    CHECK(heard == "hello");
    CHECK(reply == "world!");
}

TEST_CASE("a message larger than the pipe's buffers arrives whole, both ways")
{
    pipe_scene s;
    const auto message = pattern(64 * 1024 + 1);
    std::string heard;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        heard = co_await read_exactly(*client.stream, message.size());
        co_await write_all(*client.stream, message);
        co_await client.stream->finish_writing();
    };
    const auto reply = s.run(ours(), [&] {
        pipe_client client(s.name);
        client.write(message);
        return client.read_all();
    });
    CHECK((heard == message));
    CHECK((reply == message));
}

TEST_CASE("a zero-length message is no end before the stream is hijacked")
{
    pipe_scene s;
    std::string heard;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        heard = co_await read_exactly(*client.stream, 3);
        co_await write_all(*client.stream, "go");
        auto more = co_await read_exactly(*client.stream, 3);
        heard += more;
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        client.write_nothing();
        client.write("one");
        client.read(2);
        client.write_nothing();
        client.write("two");
        return client.read_all();
    });
    CHECK(heard == "onetwo");
}

TEST_CASE("a zero-length message ends the input of a hijacked stream, while output goes on")
{
    pipe_scene s;
    std::string heard;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        client.stream->hijacked();
        heard = co_await read_all(*client.stream);
        const auto again = co_await read_all(*client.stream);
        CHECK(again.empty());
        co_await write_all(*client.stream, "all of " + heard);
        co_await client.stream->finish_writing();
    };
    const auto reply = s.run(ours(), [&] {
        pipe_client client(s.name);
        client.write("input");
        client.close_write();
        return client.read_all();
    });
    CHECK(heard == "input");
    CHECK(reply == "all of input");
}

TEST_CASE("a zero-length message that came last before the hijack was known ends the input")
{
    pipe_scene s;
    bool ended = false;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        const auto head = co_await read_exactly(*client.stream, 4);
        // It is seen while somebody waits.
        asio::steady_timer hijack(s.loop, std::chrono::milliseconds(50));
        hijack.async_wait([&](boost::system::error_code) { client.stream->hijacked(); });
        const auto rest = co_await read_all(*client.stream);
        ended = rest.empty();
        co_await write_all(*client.stream, "done");
        co_await client.stream->finish_writing();
    };
    const auto reply = s.run(ours(), [&] {
        pipe_client client(s.name);
        client.write("head");
        client.close_write();
        return client.read_all();
    });
    CHECK(ended);
    CHECK(reply == "done");
}

TEST_CASE(
    "a client that takes zero-length messages for nothing sees the end of the output as a close"
)
{
    pipe_scene s;
    const auto message = pattern(200'000);
    bool input_ended = false;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        client.stream->hijacked();
        co_await write_all(*client.stream, message);
        co_await client.stream->finish_writing();
        const auto rest = co_await read_all(*client.stream);
        input_ended = rest.empty();
    };
    const auto reply = s.run(ours(), [&] {
        pipe_client client(s.name, pipe_client::kind::libuv);
        return client.read_all();
    });
    CHECK((reply == message));
    CHECK(input_ended);
}

TEST_CASE("what is unread when the stream goes after its finish can still be read")
{
    pipe_scene s;
    std::promise<void> gone;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        co_await write_all(*client.stream, "last words");
        CHECK_FALSE(client.stream->finish_now());
        client.stream->abort();
        client.stream.reset();
        gone.set_value();
    };
    const auto reply = s.run(ours(), [&] {
        pipe_client client(s.name);
        gone.get_future().wait();
        return client.read_all();
    });
    CHECK(reply == "last words");
}

TEST_CASE("an aborted stream is a broken one to the client, not an ended one")
{
    pipe_scene s;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        co_await write_all(*client.stream, "begun");
        const auto got = co_await read_exactly(*client.stream, 2);
        CHECK(got == "ok");
        client.stream->abort();
        CHECK_THROWS_AS(
            client.stream->read_now(asio::mutable_buffer()), boost::system::system_error
        );
    };
    const auto failure = s.run(ours(), [&] {
        pipe_client client(s.name);
        client.read(5);
        client.write("ok");
        return client.read_failure();
    });
    CHECK(failure == ERROR_PIPE_NOT_CONNECTED);
}

TEST_CASE("a client that vanishes ends the input, also with a read under way")
{
    pipe_scene s;
    const bool writes = GENERATE(false, true);
    std::string heard;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        heard = co_await read_all(*client.stream);
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        if (writes) client.write("bye");
        return 0;
    });
    CHECK(heard == (writes ? "bye" : ""));
}

TEST_CASE("a client that vanishes breaks a write that waits for it")
{
    pipe_scene s;
    bool broke = false;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        const auto much = pattern(1'000'000);
        try {
            co_await client.stream->write(asio::buffer(much));
        } catch (const boost::system::system_error&) {
            broke = true;
        }
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        return client.read_some();
    });
    CHECK(broke);
}

TEST_CASE("a client that vanishes is noticed though nobody reads, whatever it has sent")
{
    pipe_scene s;
    const auto sent = GENERATE(std::size_t{0}, std::size_t{100}, std::size_t{60'000});
    bool gone = false;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        co_await client.stream->wait_for_hangup();
        gone = true;
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        if (sent > 0) client.write(pattern(sent));
        return 0;
    });
    CHECK(gone);
}

TEST_CASE("a finish ends when its client vanishes without having read")
{
    pipe_scene s;
    bool finished = false;
    std::promise<void> begun;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        co_await write_all(*client.stream, "unread");
        const bool at_once = client.stream->finish_now();
        CHECK_FALSE(at_once);
        begun.set_value();
        co_await client.stream->finish_writing();
        co_await write_all(*client.stream, "");
        finished = true;
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        begun.get_future().wait();
        return 0;
    });
    CHECK(finished);
}

TEST_CASE("a stream may go with everything under way")
{
    pipe_scene s;
    std::promise<void> gone;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        const auto much = pattern(300'000);
        asio::const_buffer rest = asio::buffer(much);
        const bool all = client.stream->write_now(rest);
        CHECK_FALSE(all);
        struct told final : proxy::wait_completion {
            void complete(boost::system::error_code failure) override { with = failure; }
            std::optional<boost::system::error_code> with;
        };
        told reading;
        told writing;
        client.stream->start_wait(proxy::readiness::readable, reading, {});
        client.stream->start_wait(proxy::readiness::writable, writing, {});
        client.stream.reset();
        co_await test_support::until([&] { return reading.with && writing.with; });
        CHECK(*reading.with == asio::error::operation_aborted);
        CHECK(*writing.with == asio::error::operation_aborted);
        gone.set_value();
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        gone.get_future().wait();
        return 0;
    });
}

TEST_CASE("a slow reader makes the writer wait, and others do not wait with it")
{
    pipe_scene s;
    const auto much = pattern(500'000);
    std::promise<void> other_served;
    const auto slow = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        asio::const_buffer rest = asio::buffer(much);
        const bool all = client.stream->write_now(rest);
        CHECK_FALSE(all);
        CHECK(rest.size() >= much.size() - 4 * 64 * 1024);
        auto other = co_await s.served->accept();
        co_await write_all(*other.stream, "quick");
        co_await other.stream->finish_writing();
        co_await write_all(*client.stream, "");
        co_await client.stream->write(rest);
        co_await client.stream->finish_writing();
    };
    const auto reply = s.run(slow(), [&] {
        pipe_client client(s.name);
        pipe_client other(s.name);
        CHECK(other.read_all() == "quick");
        return client.read_all();
    });
    CHECK((reply == much));
}

TEST_CASE("much arrives both ways at one time as it was sent")
{
    pipe_scene s;
    const auto much = pattern(std::size_t{64} * 1024 * 1024);
    std::string heard;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        client.stream->hijacked();
        bool written = false;
        const auto write = [](proxy::byte_stream& to, const std::string& bytes
                           ) -> asio::awaitable<void> { co_await to.write(asio::buffer(bytes)); };
        asio::co_spawn(s.loop, write(*client.stream, much), [&](const std::exception_ptr&) {
            written = true;
        });
        heard.reserve(much.size());
        heard = co_await read_all(*client.stream);
        co_await test_support::until([&] { return written; });
        co_await client.stream->finish_writing();
    };
    const auto reply = s.run(ours(), [&] {
        pipe_client client(s.name);
        auto all = std::async(std::launch::async, [&] { return client.read_all(); });
        constexpr std::size_t size = 100'000;
        for (std::size_t at = 0; at < much.size(); at += size) {
            client.write(std::string_view(much).substr(at, size));
        }
        client.close_write();
        return all.get();
    });
    CHECK((heard == much));
    CHECK((reply == much));
}
