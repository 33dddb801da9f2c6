// Containers on the engine's own network: what they listen on is open on this host's loopback.
#include "proxy/host_network.hpp"

#include "published_ports_scene.hpp"

using namespace published;

namespace {

constexpr std::uint16_t teller_port = 5355;

using ports = std::vector<std::uint16_t>;

void run_on_host_network(scene& s, const std::string& id, bool running)
{
    s.engine.container(id) = {
        {"Id", id},
        {"Name", "/" + id},
        {"State", {{"Running", running}}},
        {"HostConfig", {{"NetworkMode", "host"}}}};
    s.engine.tell(id);
}

// Until the book knows how the container is now: of two looks at one container, the second begins
// when the first has counted.
asio::awaitable<void> is_known(scene& s, const std::string& id)
{
    const auto look = "GET /containers/" + id + "/json";
    const auto looks = [&] { return std::ranges::count(s.engine.asked, look); };
    const auto before = looks();
    for (int more = 1; more <= 2; ++more) {
        s.engine.tell(id);
        co_await until([&] { return looks() >= before + more; });
    }
}

// The guest's program that tells who listens there.
class teller {
public:
    explicit teller(scene& s) : guest_(s.guest), acceptor_(s.loop, loopback(0)), client_(s.loop)
    {
        guest_.leads_to[teller_port] = acceptor_.local_endpoint().port();
    }

    asio::awaitable<void> accept()
    {
        client_ = co_await acceptor_.async_accept(asio::use_awaitable);
    }

    // A container "proxy" listens on the scene's port.
    asio::awaitable<void> serve(scene& s)
    {
        run_on_host_network(s, "proxy", true);
        co_await accept();
        tell(std::to_string(s.port));
        co_await until([&] { return s.is_open(); });
    }

    void tell(const std::string& line) { asio::write(client_, asio::buffer(line + "\n")); }

    void hang_up() { client_.close(); }

    // Whether the subscriber has gone.
    asio::awaitable<bool> is_left()
    {
        std::array<char, 1> byte;
        boost::system::error_code ended;
        co_await client_.async_read_some(
            asio::buffer(byte), asio::redirect_error(asio::use_awaitable, ended)
        );
        co_return ended.failed();
    }

private:
    played_guest& guest_;
    tcp::acceptor acceptor_;
    tcp::socket client_;
};

}  // namespace

TEST_CASE("a line of the guest names ports and nothing else")
{
    CHECK(ports_in("") == ports{});
    CHECK(ports_in("80") == ports{80});
    CHECK(ports_in("80 8080 65535") == ports{80, 8080, 65535});
    const auto* const other = GENERATE("0", "65536", "80,81", "80  81", " 80", "-1", "HTTP/1.1");
    CAPTURE(other);
    CHECK_FALSE(ports_in(other));
}

TEST_CASE("what a container on the engine's network listens on is open while it listens")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        teller guest(s);
        co_await guest.serve(s);
        const vmctl::guest_port there{vmctl::transport::tcp, "127.0.0.1", s.port};
        co_await until([&] { return s.guest.forwarded.back() == there; });
        guest.tell("");
        co_await until([&] { return !s.is_open(); });
        co_await until([&] { return s.guest.ended == std::vector{there}; });
    });
}

TEST_CASE("the guest is asked while a container runs on its network, and no longer")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        teller guest(s);
        s.engine.has("web", true, s.port);
        s.engine.tell("web");
        co_await until([&] { return s.is_open(); });
        CHECK(s.guest.forwarded.size() == 1);
        s.engine.lacks("web");
        s.engine.tell("web");
        co_await until([&] { return !s.is_open(); });

        run_on_host_network(s, "one", true);
        co_await guest.accept();
        guest.tell(std::to_string(s.port));
        co_await until([&] { return s.is_open(); });
        run_on_host_network(s, "two", true);
        co_await is_known(s, "two");
        s.engine.lacks("one");
        co_await is_known(s, "one");
        CHECK(s.is_open());
        // The last one.
        run_on_host_network(s, "two", false);
        co_await until([&] { return !s.is_open(); });
        const bool left = co_await guest.is_left();
        CHECK(left);
    });
}

TEST_CASE("a guest that goes silent is asked again, and until then its ports stay")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        teller guest(s);
        co_await guest.serve(s);
        guest.hang_up();
        co_await guest.accept();
        CHECK(s.is_open());
        guest.tell("not a list");
        const bool left = co_await guest.is_left();
        CHECK(left);
        co_await guest.accept();
        CHECK(s.is_open());
        guest.tell("");
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("a look at all containers leaves the ports of the engine's network alone")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        teller guest(s);
        co_await guest.serve(s);
        const std::string look = "GET /containers/proxy/json";
        const auto looks = std::ranges::count(s.engine.asked, look);
        s.engine.end_events();
        co_await until([&] { return std::ranges::count(s.engine.asked, look) > looks; });
        CHECK(s.is_open());
        // It has ended while nobody listened.
        s.engine.container("proxy")["State"]["Running"] = false;
        s.engine.end_events();
        co_await until([&] { return !s.is_open(); });
    });
}

TEST_CASE("with the engine the ports of its network go")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        teller guest(s);
        co_await guest.serve(s);
        s.engine_goes();
        CHECK_FALSE(s.is_open());
        const bool left = co_await guest.is_left();
        CHECK(left);
    });
}
