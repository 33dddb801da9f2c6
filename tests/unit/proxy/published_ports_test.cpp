// The book of published ports, beside an engine that the test plays, and a guest that is an echo on
// this host.
#include "proxy/published_ports.hpp"

#include "tests/support/run_loop.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <exception>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using nlohmann::json;
using namespace proxy;
using test_support::until;

namespace {

tcp::endpoint loopback(std::uint16_t port)
{
    return {asio::ip::address_v4::loopback(), port};
}

bool can_connect(asio::io_context& loop, std::uint16_t port)
{
    tcp::socket socket(loop);
    boost::system::error_code failed;
    socket.connect(loopback(port), failed);
    return !failed;
}

// Answers inspections and the list, and keeps the stream of events open.
class played_engine {
public:
    explicit played_engine(asio::io_context& loop) : loop_(loop), acceptor_(loop, loopback(0))
    {
        asio::co_spawn(loop_, accept(), asio::detached);
    }

    // A container that publishes `port` of 127.0.0.1.
    void has(const std::string& id, bool running, std::uint16_t port, bool by_number = true)
    {
        const json bindings = {
            {"80/tcp", {{{"HostIp", "127.0.0.1"}, {"HostPort", std::to_string(port)}}}}};
        json& one = containers_[id];
        one = {{"Id", id}, {"Name", "/" + id}, {"State", {{"Running", running}}}};
        if (by_number) one["HostConfig"]["PortBindings"] = bindings;
        if (running) one["NetworkSettings"]["Ports"] = bindings;
    }

    json& container(const std::string& id) { return containers_[id]; }

    void lacks(const std::string& id) { containers_.erase(id); }

    void tell(const std::string& id)
    {
        const auto line = json{{"Type", "container"}, {"Actor", {{"ID", id}}}}.dump() + "\n";
        for (auto& each : followers_) asio::write(each, asio::buffer(line));
    }

    std::size_t followers() const { return followers_.size(); }

    vmctl::engine_address address() const
    {
        vmctl::engine_address where;
        where.endpoint = config::tcp_endpoint{"127.0.0.1", acceptor_.local_endpoint().port()};
        return where;
    }

    void leave()
    {
        acceptor_.close();
        followers_.clear();
    }

    std::vector<std::string> asked;
    bool broken = false;  // every question is an error

private:
    asio::awaitable<void> accept()
    {
        boost::system::error_code ended;
        while (!ended) {
            auto client =
                co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ended));
            if (!ended) asio::co_spawn(loop_, answer(std::move(client)), asio::detached);
        }
    }

    asio::awaitable<void> answer(tcp::socket client)
    {
        std::string request;
        while (!request.ends_with("\r\n\r\n")) {
            std::array<char, 1000> bytes;
            const auto count =
                co_await client.async_read_some(asio::buffer(bytes), asio::use_awaitable);
            request.append(bytes.data(), count);
        }
        asked.push_back(request.substr(0, request.find(" HTTP")));
        const auto target = asked.back();
        std::string body;
        if (target.starts_with("GET /events")) {
            co_await asio::async_write(
                client, asio::buffer(std::string("HTTP/1.0 200 OK\r\n\r\n")), asio::use_awaitable
            );
            followers_.push_back(std::move(client));
            co_return;
        }
        if (target == "GET /containers/json") {
            json list = json::array();
            for (const auto& [id, each] : containers_) list.push_back({{"Id", id}});
            body = list.dump();
        } else if (target.starts_with("GET /containers/")) {
            const auto id = target.substr(16, target.rfind('/') - 16);
            if (containers_.contains(id)) body = containers_[id].dump();
        }
        std::string status = body.empty() ? "404 Not Found" : "200 OK";
        if (broken) {
            status = "500 Internal Server Error";
            body = R"({"message":"broken"})";
        }
        const auto reply = "HTTP/1.0 " + status + "\r\n\r\n" + body;
        co_await asio::async_write(client, asio::buffer(reply), asio::use_awaitable);
    }

    asio::io_context& loop_;
    tcp::acceptor acceptor_;
    std::map<std::string, json> containers_;
    std::list<tcp::socket> followers_;
};

// Every port of the guest leads to the same one here.
class played_guest final : public vmctl::port_forwarding {
public:
    asio::awaitable<std::uint16_t> forward(vmctl::guest_port port) override
    {
        if (!failure.empty()) {
            ++refused;
            throw std::runtime_error(failure);
        }
        forwarded.push_back(std::move(port));
        co_return target;
    }

    asio::awaitable<void> end_forward(vmctl::guest_port port) override
    {
        ended.push_back(std::move(port));
        co_return;
    }

    std::uint16_t target = 0;
    std::string failure;  // of every forward
    int refused = 0;
    std::vector<vmctl::guest_port> forwarded;
    std::vector<vmctl::guest_port> ended;
};

class ready_engine final : public vmctl::engine {
public:
    std::optional<vmctl::lease> acquire_now(vmctl::activity) override
    {
        ++leases;
        return vmctl::lease(vmctl::engine_address(), [this] { --leases; });
    }

    asio::awaitable<vmctl::lease> acquire(vmctl::requester, vmctl::activity kind) override
    {
        co_return *acquire_now(kind);
    }

    int leases = 0;
};

struct scene {
    scene()
        : engine(loop),
          service(loop, loopback(0)),
          dialer(loop.get_executor()),
          ports(loop.get_executor(), state, dialer, guest)
    {
        guest.target = service.local_endpoint().port();
        // A free port, for now.
        port = tcp::acceptor(loop, loopback(0)).local_endpoint().port();
    }

    // With the engine followed, and everything ended in the end.
    void run(asio::awaitable<void> (*script)(scene&))
    {
        test_support::run_loop(loop, play(script), std::chrono::seconds(60));
    }

    asio::awaitable<void> play(asio::awaitable<void> (*script)(scene&))
    {
        ports.engine_ready(engine.address());
        co_await until([this] { return engine.followers() == 1; });
        std::exception_ptr failure;
        try {
            co_await script(*this);
        } catch (...) {
            failure = std::current_exception();
        }
        co_await ports.stop();
        engine.leave();
        service.close();
        if (failure) std::rethrow_exception(failure);
    }

    // As the session does for a client.
    asio::awaitable<void> start(std::string id)
    {
        auto one = co_await ports.admit(id);
        REQUIRE(one);
        engine.has(id, true, port);
        co_await one->settle();
    }

    asio::awaitable<std::string> refusal_of(std::string id)
    {
        try {
            const auto one = co_await ports.admit(id);
        } catch (const start_refused& refused) {
            co_return refused.what();
        }
        co_return "";
    }

    bool is_open() { return can_connect(loop, port); }

    asio::io_context loop{1};
    played_engine engine;
    tcp::acceptor service;
    played_guest guest;
    ready_engine state;
    proxy::dialer dialer;
    published_ports ports;
    std::uint16_t port = 0;
    bool settles = true;
};

const std::string inspection = "GET /containers/web/json";

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

TEST_CASE("a port is ours before the start, open after it, and closed when the container has died")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        REQUIRE(start);
        // Whoever comes now waits until the container is there.
        CHECK_THROWS(tcp::acceptor(s.loop, loopback(s.port)));
        CHECK(s.is_open());
        CHECK(s.guest.forwarded.empty());
        s.engine.has("web", true, s.port);
        co_await start->settle();
        const vmctl::guest_port there{vmctl::transport::tcp, "127.0.0.1", s.port};
        CHECK(s.guest.forwarded == std::vector{there});
        CHECK(s.is_open());
        s.engine.has("web", false, s.port);
        s.engine.tell("web");
        co_await until([&] { return !s.is_open(); });
        co_await until([&] { return s.guest.ended == std::vector{there}; });
    });
}

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
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 10000);
    ::setrlimit(RLIMIT_NOFILE, &files);
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
        s.ports.engine_lost();
        CHECK_FALSE(s.is_open());
        co_await until([&] { return s.state.leases == 0; });
    });
}

TEST_CASE("a port that another program has is refused as dockerd refuses it")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        tcp::acceptor other(s.loop, loopback(s.port));
        const auto refusal = co_await s.refusal_of("web");
        CHECK(
            refusal ==
            "driver failed programming external connectivity on endpoint web (web): "
            "Error starting userland proxy: listen tcp4 127.0.0.1:" +
                std::to_string(s.port) + ": bind: address already in use"
        );
        other.close();
        co_await s.start("web");
        CHECK(s.is_open());
    });
}

TEST_CASE("a port of another container is the engine's to refuse, or to give")
{
    scene one;
    one.engine.has("old", false, one.port);
    one.engine.has("new", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("old");
        // It has died, and we do not know yet.
        s.engine.has("old", false, s.port);
        co_await s.start("new");
        const std::string look = "GET /containers/old/json";
        const auto asked = std::ranges::count(s.engine.asked, look);
        s.engine.tell("old");
        co_await until([&] { return std::ranges::count(s.engine.asked, look) > asked; });
        CHECK(s.is_open());
        s.engine.lacks("new");
        s.engine.tell("new");
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("what the engine chose is open when the start is settled")
{
    scene one;
    one.engine.has("web", false, one.port, false);
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        REQUIRE(start);
        CHECK_FALSE(s.is_open());
        s.engine.has("web", true, s.port, false);
        co_await start->settle();
        CHECK(s.is_open());
    });
}

TEST_CASE("a container whose port cannot be had in the end is stopped again")
{
    const bool taken = GENERATE(true, false);
    scene one;
    one.engine.has("web", false, one.port, false);
    if (!taken) one.guest.failure = "no way";
    const tcp::acceptor other(one.loop, loopback(taken ? one.port : std::uint16_t{0}));
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        REQUIRE(start);
        s.engine.has("web", true, s.port, false);
        std::string refusal;
        try {
            co_await start->settle();
        } catch (const start_refused& refused) {
            refusal = refused.what();
        }
        const auto expected =
            s.guest.failure.empty() ? std::string("address already in use") : s.guest.failure;
        CHECK_THAT(refusal, Catch::Contains(expected));
        CHECK(std::ranges::count(s.engine.asked, "POST /containers/web/kill") == 1);
    });
}

TEST_CASE("a start that has failed, or that nobody saw the end of, leaves no port")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.settles = GENERATE(true, false);
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        REQUIRE(start);
        // Events of the container's own meanwhile do no harm.
        const auto asked = std::ranges::count(s.engine.asked, inspection);
        s.engine.tell("web");
        co_await until([&] { return std::ranges::count(s.engine.asked, inspection) > asked; });
        CHECK(s.is_open());
        if (s.settles) co_await start->settle();
        start.reset();
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("a container that is gone before its start is settled leaves no port")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        REQUIRE(start);
        // Its events come while the start is on its way.
        s.engine.lacks("web");
        const auto asked = std::ranges::count(s.engine.asked, inspection);
        s.engine.tell("web");
        co_await until([&] { return std::ranges::count(s.engine.asked, inspection) > asked; });
        CHECK(s.is_open());
        co_await start->settle();
        CHECK_FALSE(s.is_open());
    });
}

TEST_CASE("a port that cannot be forwarded lets nobody wait")
{
    scene one;
    one.guest.failure = "no way";
    one.engine.has("web", true, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.guest.refused > 0; });
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("containers that run already, or start without us, are followed")
{
    scene one;
    one.engine.has("web", true, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.is_open(); });
        s.engine.lacks("web");
        s.engine.tell("web");
        co_await until([&] { return !s.is_open(); });
        s.engine.has("web", true, s.port);
        s.engine.tell("web");
        co_await until([&] { return s.is_open(); });
    });
}

TEST_CASE("while the engine does not tell, a port stays as it is, and is asked for again")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await s.start("web");
        s.engine.broken = true;
        s.engine.lacks("web");
        const auto asked = std::ranges::count(s.engine.asked, inspection);
        s.engine.tell("web");
        co_await until([&] { return std::ranges::count(s.engine.asked, inspection) > asked; });
        const auto start = co_await s.ports.admit("web");
        CHECK_FALSE(start);
        CHECK(s.is_open());
        s.engine.broken = false;
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("what cannot be published is refused in words")
{
    scene one;
    one.engine.has("web", false, one.port);
    one.engine.container("web"
    )["HostConfig"]["PortBindings"] = {{"80/tcp", {{{"HostIp", "::1"}, {"HostPort", "8080"}}}}};
    one.run([](scene& s) -> asio::awaitable<void> {
        const auto refusal = co_await s.refusal_of("web");
        CHECK_THAT(refusal, Catch::Contains("::1") && Catch::Contains("127.0.0.1"));
        const auto unknown = co_await s.ports.admit("nobody");
        CHECK_FALSE(unknown);
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
