// Clients that are killed or give up: gangwayd's descriptors and the engine's connections come
// back to what they were.
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>
#include <signal.h>

#include <deque>

using namespace integration;

namespace {

// What is open while nobody is connected, to be found again later.
class baseline {
public:
    explicit baseline(const scene& scene) : scene_(scene)
    {
        // The first request may open what then stays open.
        scene.docker().text({"version", "--format", "{{.Server.Version}}"});
        settle();
    }

    // Waits until both sides hold no more than at first.
    void check_restored() const
    {
        const auto restored = [&] { return scene_.descriptors() <= descriptors_; };
        const bool in_time = eventually(restored);
        CHECK(in_time);
        CHECK(scene_.descriptors() <= descriptors_);
    }

    void check_engine_restored() const
    {
        const bool in_time = eventually([&] { return scene_.engine_sockets() <= sockets_; });
        CHECK(in_time);
        CHECK(scene_.engine_sockets() <= sockets_);
    }

private:
    // Connections of programs that have ended are closed a moment later.
    void settle()
    {
        eventually([&] {
            const auto before = std::pair(scene_.descriptors(), scene_.engine_sockets());
            for (int look = 0; look < 10; ++look) {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                if (before != std::pair(scene_.descriptors(), scene_.engine_sockets())) {
                    return false;
                }
            }
            descriptors_ = before.first;
            sockets_ = before.second;
            return true;
        });
    }

    const scene& scene_;
    std::size_t descriptors_ = 0;
    std::size_t sockets_ = 0;
};

}  // namespace

TEST_CASE("docker logs -f into head ends both sides", "[c32][vanished]")
{
    const scene scene(each_upstream());
    const auto container =
        scene.run_detached({"busybox", "sh", "-c", "while :; do echo tick; sleep 0.1; done"});
    const baseline idle(scene);
    const auto result = test_support::run({
        .arguments = {"sh", "-c", "docker logs -f " + container + " | head -1"},
        .environment = scene.docker().environment(),
    });
    CHECK(result.out == "tick\n");
    idle.check_restored();
    idle.check_engine_restored();
}

TEST_CASE(
    "docker logs -f and events killed on silent streams leave nothing open", "[c28][vanished]"
)
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sh", "-c", "echo once; sleep 1000"});
    const baseline idle(scene);
    {
        process logs(scene.docker().command({"logs", "-f", container}));
        logs.expect_output("once\n");
        process events(scene.docker().command({"events", "--since", "1h"}));
        events.expect_output("start");
        logs.signal(SIGKILL);
        events.signal(SIGKILL);
        CHECK(logs.finish().exit_status == 128 + SIGKILL);
        CHECK(events.finish().exit_status == 128 + SIGKILL);
    }
    idle.check_restored();
    idle.check_engine_restored();
}

TEST_CASE("docker attach killed on a silent container leaves nothing open here", "[c22][vanished]")
{
    const scene scene(each_upstream());
    const auto container =
        scene.run_detached({"-i", "busybox", "sh", "-c", "read x; echo got-$x; sleep 1000"});
    const baseline idle(scene);
    {
        process client(scene.docker().command({"attach", container}, open_pipe{}));
        client.write_input("word\n");
        client.expect_output("got-word\n");
        client.signal(SIGKILL);
        CHECK(client.finish().exit_status == 128 + SIGKILL);
    }
    // The engine itself (before version 27) keeps an attach until the container writes.
    idle.check_restored();
    CHECK(scene.is_running(container));
}

TEST_CASE("docker build killed in mid-step ends the step", "[c28][vanished]")
{
    const scene scene(each_upstream());
    const baseline idle(scene);
    const auto running = [&] { return scene.direct().text({"ps", "-q"}); };
    {
        process build(scene.docker().command(
            {"build", "--network", "none", "-"},
            piped_text{"FROM busybox\nRUN echo in; sleep 1000\n"}
        ));
        build.expect_output("in\n");
        // The engine passes output on before it counts the container among those that run.
        CHECK(eventually([&] { return !running().empty(); }));
        build.signal(SIGKILL);
        CHECK(build.finish().exit_status == 128 + SIGKILL);
    }
    CHECK(eventually([&] { return running().empty(); }));
    idle.check_restored();
    idle.check_engine_restored();
}

TEST_CASE("a client killed in the middle of an upload leaves nothing open", "[vanished]")
{
    const scene scene(each_upstream());
    const baseline idle(scene);
    {
        auto connection = scene.connect();
        connection.send(
            "POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\n"
            "Transfer-Encoding: chunked\r\n\r\n" +
            chunk(std::string(1024 * 1024, '\0'))
        );
        connection.close();
    }
    idle.check_restored();
    idle.check_engine_restored();
}

TEST_CASE("a client that stops reading and leaves ends a large download", "[c28][vanished]")
{
    const scene scene(each_upstream());
    scene.docker().text(
        {"build", "--network", "none", "-q", "-t", "large", "-"},
        piped_text{"FROM busybox\nRUN head -c 20000000 /dev/urandom > /blob\n"}
    );
    const baseline idle(scene);
    {
        auto connection = scene.connect();
        connection.send(request("GET /images/large/get"));
        CHECK(connection.receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
        connection.receive(100'000);
        connection.close();
    }
    idle.check_restored();
    idle.check_engine_restored();
}

TEST_CASE("a hundred clients one after the other leave nothing open", "[vanished]")
{
    const scene scene(each_upstream());
    const baseline idle(scene);
    for (int client = 0; client < 100; ++client) {
        CHECK(scene.docker().run({"ps"}).exit_status == 0);
    }
    idle.check_restored();
    idle.check_engine_restored();
}

TEST_CASE("fifty clients at the same time are all served and leave nothing open", "[vanished]")
{
    const scene scene(each_upstream());
    const auto container =
        scene.run_detached({"-i", "busybox", "sh", "-c", "echo first; read line; echo last"});
    const baseline idle(scene);
    {
        std::deque<process> clients;
        for (int client = 0; client < 50; ++client) {
            clients.emplace_back(scene.docker().command({"logs", "-f", container}));
        }
        for (auto& client : clients) client.expect_output("first\n");
        scene.docker().run({"attach", container}, piped_text{"end\n"});
        for (auto& client : clients) {
            const auto result = client.finish();
            CHECK(result.exit_status == 0);
            CHECK(result.out == "first\nlast\n");
        }
    }
    idle.check_restored();
}
