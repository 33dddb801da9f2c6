// Ports of containers that sleep with their engine.
#include "published_ports_scene.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>

#include <array>
#include <string>

using asio::ip::udp;
using namespace published;

namespace {

asio::awaitable<void> says(tcp::socket& one, tcp::socket& other)
{
    co_await asio::async_write(one, asio::buffer("x", 1), asio::use_awaitable);
    std::array<char, 1> byte{};
    co_await asio::async_read(other, asio::buffer(byte), asio::use_awaitable);
    CHECK(byte[0] == 'x');
}

asio::awaitable<bool> is_alone(tcp::acceptor& acceptor)
{
    acceptor.non_blocking(true);
    boost::system::error_code none;
    tcp::socket taken(acceptor.get_executor());
    co_await asio::post(acceptor.get_executor(), asio::use_awaitable);
    acceptor.accept(taken, none);
    co_return none == asio::error::would_block;
}

}  // namespace

TEST_CASE("who connects to a container that sleeps wakes it, once, and is served when it is back")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        s.ports.engine_rests();
        tcp::socket first(s.loop);
        tcp::socket second(s.loop);
        co_await first.async_connect(loopback(s.port), asio::use_awaitable);
        co_await second.async_connect(loopback(s.port), asio::use_awaitable);
        co_await until([&] { return !s.state.asked_by.empty(); });
        CHECK(s.state.asked_by.size() == 1);
        const auto expected = "a connection to tcp4 127.0.0.1:" + std::to_string(s.port);
        CHECK(s.state.asked_by.front().starts_with(expected));
        const bool alone = co_await is_alone(s.service);
        CHECK(alone);
        s.ports.engine_back();
        auto container = co_await s.service.async_accept(asio::use_awaitable);
        auto other = co_await s.service.async_accept(asio::use_awaitable);
        co_await says(first, container);
        co_await says(other, second);
        CHECK(s.guest.forwarded.size() == 1);
        // It may sleep again.
        s.ports.engine_rests();
        tcp::socket later(s.loop);
        co_await later.async_connect(loopback(s.port), asio::use_awaitable);
        co_await until([&] { return s.state.asked_by.size() == 2; });
    });
}

TEST_CASE("ports that another daemon has left of an engine that sleeps wake it, and are served")
{
    scene one;
    one.engine.has("web", true, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&s] { return s.is_open(); });
        const auto owners = s.ports.owners();
        REQUIRE(owners.size() == 1);
        CHECK(owners.begin()->second == "web");
        s.engine_goes();
        CHECK_FALSE(s.is_open());
        s.ports.engine_found_asleep(owners);
        CHECK(s.ports.owners() == owners);
        s.guest.forwarded.clear();
        tcp::socket client(s.loop);
        co_await client.async_connect(loopback(s.port), asio::use_awaitable);
        co_await until([&s] { return s.state.asked_by.size() == 1; });
        s.engine_comes();
        auto container = co_await s.service.async_accept(asio::use_awaitable);
        co_await says(client, container);
        CHECK(s.guest.forwarded.size() == 1);
        // As any port of a container that ends.
        s.engine.has("web", false, s.port);
        s.engine.tell("web");
        co_await until([&s] { return !s.is_open(); });
    });
}

TEST_CASE("ports of the host network are closed when no container is on it after the sleep")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        s.engine_goes();
        s.ports.engine_found_asleep(
            {{{vmctl::transport::tcp, "127.0.0.1", s.port}, "--network host"}}
        );
        CHECK(s.is_open());
        s.engine_comes();
        co_await until([&s] { return !s.is_open(); });
    });
}

TEST_CASE("who connects to a container that cannot be woken is not left to wait")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        s.ports.engine_rests();
        s.state.failure = "no memory";
        for (std::size_t tries = 1; tries <= 2; ++tries) {
            tcp::socket client(s.loop);
            co_await client.async_connect(loopback(s.port), asio::use_awaitable);
            std::array<char, 1> byte{};
            boost::system::error_code ended;
            co_await client.async_read_some(
                asio::buffer(byte), asio::redirect_error(asio::use_awaitable, ended)
            );
            CHECK(ended);
            CHECK(s.state.asked_by.size() == tries);
        }
        s.state.failure.clear();
        tcp::socket client(s.loop);
        co_await client.async_connect(loopback(s.port), asio::use_awaitable);
        co_await until([&] { return s.state.asked_by.size() == 3; });
        s.ports.engine_back();
        auto container = co_await s.service.async_accept(asio::use_awaitable);
        co_await says(client, container);
    });
}

TEST_CASE("what passes already is not disturbed by a sleep that does not come about")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        tcp::socket client(s.loop);
        co_await client.async_connect(loopback(s.port), asio::use_awaitable);
        auto container = co_await s.service.async_accept(asio::use_awaitable);
        s.ports.engine_rests();
        co_await says(client, container);
        s.ports.engine_back();
        co_await says(container, client);
        CHECK(s.state.asked_by.empty());
    });
}

TEST_CASE("a saved container's port leads to where it is when it is back")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        s.ports.engine_rests();
        s.watch.engine_gone();
        s.ports.engine_saved();
        tcp::socket client(s.loop);
        co_await client.async_connect(loopback(s.port), asio::use_awaitable);
        co_await until([&] { return s.state.asked_by.size() == 1; });
        tcp::acceptor elsewhere(s.loop, loopback(0));
        s.guest.target = elsewhere.local_endpoint().port();
        s.engine_comes();
        auto container = co_await elsewhere.async_accept(asio::use_awaitable);
        co_await says(client, container);
        const bool alone = co_await is_alone(s.service);
        CHECK(alone);
    });
}

TEST_CASE("a container that does not run any more after the sleep has no port any more")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        s.ports.engine_rests();
        s.watch.engine_gone();
        s.ports.engine_saved();
        CHECK(s.is_open());
        s.engine.has("web", false, s.port);
        s.engine_comes();
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("datagrams for a container that sleeps wait until it is back")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        udp::socket service(s.loop, udp::endpoint(asio::ip::address_v4::loopback(), 0));
        s.guest.target = service.local_endpoint().port();
        const json bindings = {
            {"53/udp", {{{"HostIp", "127.0.0.1"}, {"HostPort", std::to_string(s.port)}}}}};
        s.engine.container("dns") = {
            {"Id", "dns"},
            {"State", {{"Running", true}}},
            {"NetworkSettings", {{"Ports", bindings}}}};
        s.engine.tell("dns");
        co_await until([&] { return !s.guest.forwarded.empty(); });
        s.ports.engine_rests();
        udp::socket client(s.loop, udp::endpoint(asio::ip::address_v4::loopback(), 0));
        const udp::endpoint there(asio::ip::address_v4::loopback(), s.port);
        for (const std::string word : {"one", "two"}) client.send_to(asio::buffer(word), there);
        co_await until([&] { return !s.state.asked_by.empty(); });
        s.ports.engine_back();
        for (const std::string word : {"one", "two"}) {
            std::array<char, 10> bytes{};
            udp::endpoint sender;
            const auto count = co_await service.async_receive_from(
                asio::buffer(bytes), sender, asio::use_awaitable
            );
            CHECK(std::string(bytes.data(), count) == word);
        }
        CHECK(s.state.asked_by.size() == 1);
    });
}
