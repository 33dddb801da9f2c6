// Large responses, which a session moves without looking at all of their bytes.
#include "tests/support/test_directory.hpp"
#include "tests/unit/proxy/session_fixture.hpp"

#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <random>
#include <sstream>

namespace {

const std::string save = "GET /images/x/get HTTP/1.1\r\nHost: docker\r\n\r\n";
const std::string ping = "HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
const std::string pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

// Chunks of at most `most` bytes, many of them small, some with extensions; then a trailer.
std::string chunked(std::size_t size, unsigned most, unsigned seed)
{
    std::minstd_rand random(seed);
    const auto bytes = test_support::patterned_bytes(size);
    std::ostringstream text;
    text << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" << std::hex;
    for (std::size_t at = 0; at < size;) {
        const auto wanted = random() % 5 == 0 ? 1 + random() % 20 : 1 + random() % most;
        const auto count = std::min<std::size_t>(wanted, size - at);
        text << count << (random() % 7 == 0 ? ";a=\"b\"" : "") << "\r\n";
        text << bytes.substr(at, count) << "\r\n";
        at += count;
    }
    text << "0\r\nDigest: x\r\n\r\n";
    return text.str();
}

// In writes of odd sizes.
asio::awaitable<void> send_in_pieces(engine_peer& engine, const std::string& all)
{
    std::minstd_rand random(1);
    for (std::size_t at = 0; at < all.size();) {
        const auto count = std::min<std::size_t>(1 + random() % 300'000, all.size() - at);
        co_await send(engine, all.substr(at, count));
        at += count;
    }
}

// Reads `size` bytes, sometimes after a pause in which the session can write no more.
asio::awaitable<std::string> receive_slowly(session_fixture& f, std::size_t size)
{
    std::minstd_rand random(2);
    std::string all;
    asio::steady_timer pause(f.loop);
    while (all.size() < size) {
        if (random() % 50 == 0) {
            pause.expires_after(std::chrono::milliseconds(2));
            co_await pause.async_wait(asio::use_awaitable);
        }
        const auto some = co_await receive_some(f.client);
        if (some.empty()) break;
        all += some;
    }
    co_return all;
}

asio::awaitable<void> download_twice(session_fixture& f, const std::string& response)
{
    co_await send(f.client, save);
    auto engine = co_await f.accept();
    for (int round = 0; round < 2; ++round) {
        if (round > 0) co_await send(f.client, save);
        const auto asked = co_await receive_some(engine);
        CHECK(asked == save);
        asio::co_spawn(f.loop, send_in_pieces(engine, response), asio::detached);
        const auto got = co_await receive_slowly(f, response.size());
        // Not compared by CHECK, which would print megabytes.
        const bool same = got == response;
        CHECK(same);
        co_await test_support::until([&] { return f.engine.leases == 0; });
        // The end of the message was found: what follows is understood.
        co_await send(f.client, ping);
        const auto next = co_await receive_some(engine);
        CHECK(next == ping);
        co_await send(engine, pong);
        const auto answer = co_await receive_some(f.client);
        CHECK(answer == pong);
        co_await test_support::until([&] { return f.engine.leases == 0; });
    }
    f.client.close();
    const auto rest = co_await receive_some(engine);
    CHECK(rest.empty());
}

}  // namespace

TEST_CASE("a large chunked response passes unchanged, and its end is found")
{
    const auto most = GENERATE(100U, 3'000U, 32'768U, 100'000U, 700'000U);
    session_fixture one;
    one.run(download_twice(one, chunked(5'000'000, most, most)));
    CHECK_FALSE(one.broke);
}

TEST_CASE("a large response with a length passes unchanged, and its end is found")
{
    session_fixture one;
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n";
    one.run(download_twice(one, head + test_support::patterned_bytes(5'000'000)));
    CHECK_FALSE(one.broke);
}

TEST_CASE("a large response whose framing nobody understands passes all the same")
{
    auto response = chunked(3'000'000, 32'768, 1);
    response += "no more HTTP";
    const auto middle = response.find("\r\n", 2'000'000);
    response.replace(middle, 2, "\n\n");
    session_fixture one;
    one.run([](session_fixture& f, const std::string& all) -> asio::awaitable<void> {
        co_await send(f.client, save);
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        asio::co_spawn(f.loop, send_in_pieces(engine, all), asio::detached);
        const auto got = co_await receive_slowly(f, all.size());
        const bool same = got == all;
        CHECK(same);
        engine.close();
        const auto end = co_await receive_some(f.client);
        CHECK(end.empty());
        f.client.close();
    }(one, response));
}

TEST_CASE("an engine that breaks off in a large response breaks off its client's")
{
    const auto all = chunked(3'000'000, 32'768, 1);
    session_fixture one;
    one.run([](session_fixture& f, const std::string& response) -> asio::awaitable<void> {
        co_await send(f.client, save);
        auto engine = co_await f.accept();
        co_await receive_some(engine);
        const auto half = response.substr(0, response.size() / 2);
        asio::co_spawn(f.loop, send_in_pieces(engine, half), asio::detached);
        const auto got = co_await receive_slowly(f, half.size());
        const bool same = got == half;
        CHECK(same);
        engine.close();
        const auto end = co_await receive_some(f.client);
        CHECK(end.empty());
        f.client.close();
    }(one, all));
    CHECK(one.engine.leases == 0);
}
