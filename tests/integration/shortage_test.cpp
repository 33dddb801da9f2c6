// gangwayd with fewer descriptors than its clients want. The test plays the engine.
#include "tests/support/gangwayd_process.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <deque>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

using namespace test_support;
using namespace std::chrono_literals;

namespace {

constexpr unsigned limit = 64;
constexpr std::string_view ping = "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
constexpr std::string_view pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

// A client, and the engine's side of its connection once there is one.
struct dialogue {
    raw_client client;
    std::optional<raw_client> engine;
};

class short_daemon {
public:
    short_daemon()
        : engine_(directory_ / "engine.sock"),
          gangwayd_(
              directory_.path(),
              {.engine = "unix://" + (directory_ / "engine.sock").string(), .descriptors = limit}
          )
    {
    }

    raw_client connect() const { return raw_client::to_socket(gangwayd_.docker_socket()); }

    raw_listener& engine() { return engine_; }

    bool says(std::string_view text) const
    {
        return gangwayd_.log().find(text) != std::string::npos;
    }

    bool has_clients_wait() const { return says("clients have to wait"); }

    // Of processor time, in clock ticks.
    long ticks() const
    {
        std::ifstream file("/proc/" + std::to_string(gangwayd_.pid()) + "/stat");
        std::string text;
        std::getline(file, text);
        std::istringstream fields(text.substr(text.rfind(')') + 1));
        std::string skipped;
        for (int field = 3; field < 14; ++field) fields >> skipped;
        long user = 0;
        long system = 0;
        fields >> user >> system;
        return user + system;
    }

    // The engine answers one request that has come, or is about to.
    void answer(dialogue& with)
    {
        if (!with.engine) with.engine.emplace(engine_.accept());
        with.engine->receive_until("\r\n\r\n");
        with.engine->send(pong);
        CHECK(with.client.receive(pong.size()) == pong);
    }

private:
    test_directory directory_;
    raw_listener engine_;
    gangwayd_process gangwayd_;
};

}  // namespace

TEST_CASE("clients beyond the limit of descriptors wait without a spin, and others go on")
{
    short_daemon scene;
    std::deque<dialogue> open;
    std::deque<dialogue> waiting;
    for (;;) {
        dialogue next{scene.connect(), {}};
        next.client.send(ping);
        REQUIRE(eventually([&] {
            return scene.engine().has_pending() || scene.has_clients_wait() ||
                   !next.client.is_silent();
        }));
        if (!scene.engine().has_pending()) {
            // It waits, or has had the last descriptor and was told that there is none for the
            // engine.
            if (next.client.is_silent()) waiting.push_back(std::move(next));
            break;
        }
        scene.answer(next);
        open.push_back(std::move(next));
    }
    CHECK(open.size() > 5);
    CHECK(open.size() < limit / 2);

    // With this one the last descriptor is taken, if it was not already.
    auto more = scene.connect();
    for (int client = 0; client < 5; ++client) {
        waiting.push_back({scene.connect(), {}});
        waiting.back().client.send(ping);
    }
    REQUIRE(eventually([&] { return scene.has_clients_wait(); }));
    const auto before = scene.ticks();
    const auto end = std::chrono::steady_clock::now() + 1s;
    while (std::chrono::steady_clock::now() < end) {
        for (auto& each : open) {
            each.client.send(ping);
            scene.answer(each);
        }
        std::this_thread::sleep_for(50ms);
    }
    // A spin takes every tick of that second.
    CHECK(scene.ticks() - before < ::sysconf(_SC_CLK_TCK) / 2);
    for (auto& each : waiting) CHECK(each.client.is_silent());

    open.clear();
    more.close();
    // In whatever order they come.
    std::deque<raw_client> engines;
    for (std::size_t count = 0; count < waiting.size(); ++count) {
        engines.push_back(scene.engine().accept());
        engines.back().receive_until("\r\n\r\n");
        engines.back().send(pong);
    }
    for (auto& each : waiting) CHECK(each.client.receive(pong.size()) == pong);
}

TEST_CASE("a client for whom no connection to the engine can be opened is told so")
{
    short_daemon scene;
    std::deque<raw_client> silent;
    for (unsigned client = 0; client < limit; ++client) silent.push_back(scene.connect());
    REQUIRE(eventually([&] { return scene.has_clients_wait(); }));

    auto& first = silent.front();
    first.send(ping);
    const auto head = first.receive_until("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n")
    );
    const auto body = first.receive_all();
    CHECK(body.starts_with("{\"message\":\"gangway: "));
    CHECK(body.find("Too many open files; end some") != std::string::npos);

    silent.clear();
    dialogue later{scene.connect(), {}};
    later.client.send(ping);
    scene.answer(later);
}
