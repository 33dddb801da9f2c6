// Connections to an engine: over 127.0.0.1, and through a program that stands in for ssh.exe.
#include "proxy/dialer.hpp"

#include "program_stage.hpp"
#include "tests/support/run_loop.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using asio::ip::tcp;
using test_support::run_loop;

namespace {

struct stage {
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }

    asio::io_context loop{1};
    tcp::acceptor acceptor{loop, {asio::ip::address_v4::loopback(), 0}};
    proxy::dialer dialer{loop.get_executor()};
};

vmctl::engine_address at(config::engine_endpoint endpoint)
{
    vmctl::engine_address address;
    address.endpoint = std::move(endpoint);
    return address;
}

// What it says when it cannot be reached.
std::string refusal(const config::engine_endpoint& endpoint)
{
    asio::io_context loop(1);
    proxy::dialer dialer(loop.get_executor());
    std::string said;
    const auto body = [&]() -> asio::awaitable<void> {
        auto address = at(endpoint);
        try {
            co_await dialer.dial(std::move(address));
        } catch (const proxy::dial_error& error) {
            said = error.what();
        }
    };
    run_loop(loop, body());
    return said;
}

}  // namespace

TEST_CASE("an engine is reached by an address and by a name, whose every address is tried")
{
    stage s;
    // The engine listens on 127.0.0.1 alone; localhost may be ::1 first.
    const std::string host = GENERATE("127.0.0.1", "localhost");
    const auto body = [&]() -> asio::awaitable<void> {
        auto address = at(config::tcp_endpoint{host, s.port()});
        const auto stream = co_await s.dialer.dial(std::move(address));
        auto engine = co_await s.acceptor.async_accept(asio::use_awaitable);
        co_await stream->write(asio::buffer(std::string_view("ping")));
        std::string heard(4, '\0');
        co_await asio::async_read(engine, asio::buffer(heard), asio::use_awaitable);
        CHECK(heard == "ping");
        engine.shutdown(tcp::socket::shutdown_send);
        std::array<char, 4> bytes{};
        const auto count = co_await stream->read_some(asio::buffer(bytes));
        CHECK(count == 0);
    };
    run_loop(s.loop, body());
}

TEST_CASE("keeping a connection alive disturbs nothing")
{
    stage s;
    const auto body = [&]() -> asio::awaitable<void> {
        auto address = at(config::tcp_endpoint{"127.0.0.1", s.port()});
        const auto stream = co_await s.dialer.dial(std::move(address));
        auto engine = co_await s.acceptor.async_accept(asio::use_awaitable);
        stream->keep_alive();
        co_await asio::async_write(
            engine, asio::buffer(std::string_view("pong")), asio::use_awaitable
        );
        std::array<char, 8> bytes{};
        const auto count = co_await stream->read_some(asio::buffer(bytes));
        CHECK(std::string_view(bytes.data(), count) == "pong");
    };
    run_loop(s.loop, body());
}

TEST_CASE("an engine that is not there is named, with the reason")
{
    std::uint16_t unused = 0;
    {
        stage s;
        unused = s.port();
    }
    CHECK_THAT(
        refusal(config::tcp_endpoint{"127.0.0.1", unused}),
        Catch::StartsWith("cannot connect to the engine at tcp://127.0.0.1:") &&
            Catch::Contains("refused")
    );
}

TEST_CASE("an engine on a unix socket is refused with what to name instead")
{
    CHECK_THAT(
        refusal(config::unix_endpoint{"C:/x/docker.sock"}), Catch::Contains("tcp://HOST:PORT")
    );
}

TEST_CASE("dialling through ssh succeeds once the engine has answered, and bytes go both ways")
{
    const stand_in_path path;
    asio::io_context loop(1);
    proxy::dialer dialer(loop.get_executor());
    const auto body = [&]() -> asio::awaitable<void> {
        auto address = at(config::ssh_endpoint{"", "engine", 0, {}});
        const auto stream = co_await dialer.dial(std::move(address));
        co_await stream->write(asio::buffer(std::string_view("hello")));
        co_await stream->finish_writing();
        std::string got;
        std::array<char, 64> bytes{};
        for (;;) {
            const auto count = co_await stream->read_some(asio::buffer(bytes));
            if (count == 0) break;
            got.append(bytes.data(), count);
        }
        CHECK(got == "hello");
    };
    run_loop(loop, body());
}

TEST_CASE("what ssh.exe says when it fails is quoted and explained")
{
    const stand_in_path path;
    CHECK_THAT(
        refusal(config::ssh_endpoint{"", "refused", 0, {}}),
        Catch::Contains("Connection refused: no SSH server answers there")
    );
}

TEST_CASE("an ssh that is missing is what Windows has as an optional feature")
{
    const stand_in_path path;
    ::SetEnvironmentVariableW(L"PATH", L"C:\\nowhere");
    CHECK_THAT(
        refusal(config::ssh_endpoint{"", "engine", 0, {}}),
        Catch::Contains("the optional feature OpenSSH Client")
    );
}

TEST_CASE("dialling through an ssh that says nothing can be called off")
{
    const stand_in_path path;
    asio::io_context loop(1);
    proxy::dialer dialer(loop.get_executor(), std::chrono::milliseconds(100));
    std::string said;
    const auto body = [&]() -> asio::awaitable<void> {
        auto address = at(config::ssh_endpoint{"", "stay", 0, {}});
        try {
            co_await dialer.dial(std::move(address));
        } catch (const proxy::dial_error& error) {
            said = error.what();
        }
    };
    run_loop(loop, body());
    CHECK_THAT(said, Catch::Contains("no answer in time"));
}
