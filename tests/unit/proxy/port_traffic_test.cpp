// What passes through a published port.
#include "published_ports_scene.hpp"
#include "tests/support/descriptor_limit.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>

#include <algorithm>
#include <array>
#include <list>
#include <string>
#include <vector>

using asio::ip::udp;
using namespace published;

namespace {

asio::awaitable<std::string> read_to_the_end(tcp::socket& from)
{
    std::string text;
    boost::system::error_code ended;
    co_await asio::async_read(
        from, asio::dynamic_buffer(text), asio::redirect_error(asio::use_awaitable, ended)
    );
    co_return text;
}

}  // namespace

TEST_CASE("bytes pass both ways, half-close and reset included")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        tcp::socket client(s.loop);
        co_await client.async_connect(loopback(s.port), asio::use_awaitable);
        auto container = co_await s.service.async_accept(asio::use_awaitable);
        // It may be the container that speaks first.
        co_await asio::async_write(container, asio::buffer("hello", 5), asio::use_awaitable);
        std::string greeting(5, '\0');
        co_await asio::async_read(client, asio::buffer(greeting), asio::use_awaitable);
        CHECK(greeting == "hello");
        CHECK(s.ports.connections() == 1);
        co_await asio::async_write(client, asio::buffer("request", 7), asio::use_awaitable);
        client.shutdown(tcp::socket::shutdown_send);
        const auto request = co_await read_to_the_end(container);
        CHECK(request == "request");
        CHECK(s.state.leases == 1);
        co_await asio::async_write(container, asio::buffer("late", 4), asio::use_awaitable);
        container.close();
        const auto answer = co_await read_to_the_end(client);
        CHECK(answer == "late");
        co_await until([&] { return s.state.leases == 0; });
        CHECK(s.ports.counted().to_engine == 7);
        CHECK(s.ports.counted().to_client == 5 + 4);
        CHECK(s.ports.connections() == 0);

        tcp::socket rude(s.loop);
        co_await rude.async_connect(loopback(s.port), asio::use_awaitable);
        auto other = co_await s.service.async_accept(asio::use_awaitable);
        rude.set_option(asio::socket_base::linger(true, 0));
        rude.close();
        std::array<char, 1> byte;
        boost::system::error_code broken;
        co_await other.async_read_some(
            asio::buffer(byte), asio::redirect_error(asio::use_awaitable, broken)
        );
        CHECK(broken == asio::error::connection_reset);
    });
}

TEST_CASE("a gigabyte comes through whole")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        constexpr std::size_t piece = 1'000'000;
        constexpr std::size_t pieces = 1000;
        co_await s.start("web");
        tcp::socket client(s.loop);
        co_await client.async_connect(loopback(s.port), asio::use_awaitable);
        auto container = co_await s.service.async_accept(asio::use_awaitable);
        auto send = [](tcp::socket to) -> asio::awaitable<void> {
            std::vector<char> bytes(piece);
            for (std::size_t each = 0; each < pieces; ++each) {
                std::fill(bytes.begin(), bytes.end(), static_cast<char>(each));
                co_await asio::async_write(to, asio::buffer(bytes), asio::use_awaitable);
            }
        };
        asio::co_spawn(s.loop, send(std::move(container)), asio::detached);
        std::vector<char> bytes(piece);
        std::size_t wrong = 0;
        for (std::size_t each = 0; each < pieces; ++each) {
            co_await asio::async_read(client, asio::buffer(bytes), asio::use_awaitable);
            const auto expected = static_cast<char>(each);
            if (bytes.front() != expected || bytes.back() != expected) ++wrong;
        }
        CHECK(wrong == 0);
        const auto rest = co_await read_to_the_end(client);
        CHECK(rest.empty());
    });
}

TEST_CASE("a thousand clients are served at a time, and go when the engine does")
{
    // Each has four descriptors here: its own, the container's, and two of the tunnel's.
    test_support::raise_descriptor_limit(10000);
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        std::list<tcp::socket> clients;
        std::list<tcp::socket> containers;
        for (int each = 0; each < 1000; ++each) {
            auto& client = clients.emplace_back(s.loop);
            co_await client.async_connect(loopback(s.port), asio::use_awaitable);
            auto container = co_await s.service.async_accept(asio::use_awaitable);
            containers.push_back(std::move(container));
        }
        CHECK(s.state.leases == 1000);
        for (auto& each : containers) {
            co_await asio::async_write(each, asio::buffer("x", 1), asio::use_awaitable);
        }
        for (auto& each : clients) {
            std::array<char, 1> byte;
            co_await asio::async_read(each, asio::buffer(byte), asio::use_awaitable);
        }
        s.engine_goes();
        CHECK_FALSE(s.is_open());
        co_await until([&] { return s.state.leases == 0; });
    });
}

TEST_CASE("datagrams find their way there and back, each sender's apart")
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
        CHECK(s.guest.forwarded.front().protocol == vmctl::transport::udp);
        const udp::endpoint there(asio::ip::address_v4::loopback(), s.port);
        std::list<udp::socket> clients;
        for (int each = 0; each < 3; ++each) clients.emplace_back(s.loop, udp::v4());
        for (int round = 0; round < 2; ++round) {
            char name = 'a';
            for (auto& client : clients) {
                const std::string question(9000, name++);
                client.send_to(asio::buffer(question), there);
                std::string heard(10000, '\0');
                udp::endpoint sender;
                auto count = co_await service.async_receive_from(
                    asio::buffer(heard), sender, asio::use_awaitable
                );
                CHECK(heard.substr(0, count) == question);
                service.send_to(asio::buffer(question), sender);
                count = co_await client.async_receive(asio::buffer(heard), asio::use_awaitable);
                CHECK(heard.substr(0, count) == question);
            }
        }
    });
}
