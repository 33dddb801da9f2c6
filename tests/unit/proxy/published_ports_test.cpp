// Which ports are open, and when.
#include "published_ports_scene.hpp"

#include <algorithm>
#include <string>

using namespace published;

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
    one.variant = GENERATE(true, false);
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        REQUIRE(start);
        // Events of the container's own meanwhile do no harm.
        const auto asked = std::ranges::count(s.engine.asked, inspection);
        s.engine.tell("web");
        co_await until([&] { return std::ranges::count(s.engine.asked, inspection) > asked; });
        CHECK(s.is_open());
        if (s.variant) co_await start->settle();
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
    )["HostConfig"]["PortBindings"] = {{"80/tcp", {{{"HostIp", "::"}, {"HostPort", "8080"}}}}};
    one.run([](scene& s) -> asio::awaitable<void> {
        const auto refusal = co_await s.refusal_of("web");
        CHECK_THAT(refusal, Catch::Contains("80/tcp") && Catch::Contains("IPv6"));
        const auto unknown = co_await s.ports.admit("nobody");
        CHECK_FALSE(unknown);
    });
}

TEST_CASE("an answer that is late does not undo a newer one")
{
    const bool by_client = GENERATE(false, true);
    CAPTURE(by_client);
    scene one;
    one.variant = by_client;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        s.engine.has("web", true, s.port);
        s.engine.delays_next = true;
        const auto asked = std::ranges::count(s.engine.asked, inspection);
        const auto is_asked = [&] {
            return std::ranges::count(s.engine.asked, inspection) > asked;
        };
        bool settled = false;
        if (s.variant) {
            asio::co_spawn(s.loop, start->settle(), [&](const std::exception_ptr&, bool) {
                settled = true;
            });
        } else {
            start.reset();
        }
        co_await until(is_asked);
        // It dies while the answer that it runs is under way.
        s.engine.has("web", false, s.port);
        s.engine.tell("web");
        co_await s.look_at_another();
        s.engine.delayed = false;
        co_await until([&] { return settled == s.variant && s.engine.answered_late; });
        co_await s.look_at_another();
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("what services publish is open while there are any")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        s.engine.serves(s.port);
        s.engine.tell("one", "service");
        co_await until([&] { return s.is_open(); });
        const vmctl::guest_port there{vmctl::transport::tcp, vmctl::guest_address, s.port};
        co_await until([&] {
            return std::ranges::find(s.guest.forwarded, there) != s.guest.forwarded.end();
        });
        // The engine leaves its swarm: only the containers tell.
        s.engine.serves(0);
        s.engine.tell("task of the service");
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("services that are there already are found")
{
    scene one;
    one.engine.serves(one.port);
    one.run([](scene& s) -> asio::awaitable<void> { co_await until([&] { return s.is_open(); }); });
}

TEST_CASE("what an engine told that is gone opens nothing")
{
    const bool is_back = GENERATE(false, true);
    CAPTURE(is_back);
    scene one;
    one.variant = is_back;
    one.engine.has("web", false, one.port);
    one.run([](scene& s) -> asio::awaitable<void> {
        auto start = co_await s.ports.admit("web");
        s.engine.has("web", true, s.port);
        s.engine.delays_next = true;
        std::optional<bool> open;
        asio::co_spawn(s.loop, start->settle(), [&](const std::exception_ptr&, bool settled) {
            open = settled;
        });
        const auto asked = std::ranges::count(s.engine.asked, inspection);
        co_await until([&] { return std::ranges::count(s.engine.asked, inspection) > asked; });
        s.engine_goes();
        s.engine.has("web", false, s.port);
        if (s.variant) s.engine_comes();
        s.engine.delayed = false;
        co_await until([&] { return open.has_value(); });
        CHECK(open == false);
        CHECK_FALSE(s.is_open());
    });
}

TEST_CASE("a container that is refused is removed when its user has asked for that, and only then")
{
    const bool auto_remove = GENERATE(true, false);
    CAPTURE(auto_remove);
    scene one;
    one.variant = auto_remove;
    one.engine.has("web", false, one.port);
    one.engine.container("web")["HostConfig"]["AutoRemove"] = auto_remove;
    one.run([](scene& s) -> asio::awaitable<void> {
        const tcp::acceptor other(s.loop, loopback(s.port));
        const auto refusal = co_await s.refusal_of("web");
        CHECK_FALSE(refusal.empty());
        const std::string removal = "DELETE /containers/web?force=1&v=1";
        CHECK(std::ranges::count(s.engine.asked, removal) == (s.variant ? 1 : 0));
    });
}
