// Time passes and nothing is said: no limit of ours ends anything, and a dead peer is looked for.
#include "tests/conformance/attached.hpp"
#include "tests/conformance/played_engine.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <fstream>
#include <sstream>

using namespace conformance;
using namespace integration;

namespace {

// Past the half minute after which many proxies lose patience. The test does not sleep: a container
// does, and the test waits for what it says then.
constexpr auto silence = "35";

// Every kind of connection that may stay silent, on one upstream.
struct quiet_connections {
    explicit quiet_connections(upstream which)
        : stage(which),
          container(create_with_input(
              stage, std::string("cat >/dev/null; sleep ") + silence + "; echo done"
          )),
          echo(run_with_input(stage, "read x; echo got-$x")),
          half_closed(attach(stage, container)),
          attached(attach(stage, echo)),
          waiting(stage.connect()),
          logs(stage.connect()),
          kept(stage.connect()),
          unused(stage.connect())
    {
        half_closed.receive_until("\r\n\r\n");
        attached.receive_until("\r\n\r\n");
        // Without a body, so that nothing of it can be mistaken for its end.
        waiting.send(
            "POST /containers/" + container +
            "/wait?condition=next-exit HTTP/1.1\r\n"
            "Host: docker\r\n\r\n"
        );
        waiting.receive_until("\r\n\r\n");
        logs.send(request("GET /containers/" + echo + "/logs?stdout=1&follow=1"));
        logs.receive_until("\r\n\r\n");
        kept.send(request("GET /_ping"));
        CHECK(receive_response(kept).body == "OK");
        start(stage, container);
        half_closed.finish_sending();
    }

    void check_alive()
    {
        constexpr auto long_enough = std::chrono::minutes(2);
        CHECK(unframed(half_closed.receive_all(long_enough)) == "done\n");
        CHECK(waiting.receive_until(last_chunk).find("\"StatusCode\":0") != std::string::npos);
        CHECK(attached.is_silent());
        CHECK(logs.is_silent());
        attached.send("word\n");
        CHECK(unframed(attached.receive_all()) == "got-word\n");
        CHECK(logs.receive_until(last_chunk).find("got-word\n") != std::string::npos);
        for (auto* each : {&kept, &unused}) {
            each->send(request("GET /_ping"));
            CHECK(receive_response(*each).body == "OK");
        }
    }

    scene stage;
    std::string container;
    std::string echo;
    raw_client half_closed;
    raw_client attached;
    raw_client waiting;
    raw_client logs;
    raw_client kept;
    raw_client unused;
};

// Whether the kernel probes each of our connections to `port` (the field "tr" of
// Documentation/networking/proc_net_tcp.rst), and how many there are.
struct probed_connections {
    std::size_t all = 0;
    std::size_t probed = 0;
};

probed_connections connections_to(std::uint16_t port)
{
    constexpr unsigned keep_alive = 2;
    std::ifstream table("/proc/net/tcp");
    std::string line;
    std::getline(table, line);
    probed_connections found;
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string slot;
        std::string local;
        std::string remote;
        std::string state;
        std::string queues;
        std::string timer;
        fields >> slot >> local >> remote >> state >> queues >> timer;
        const bool listens = state == "0A";
        if (listens || std::stoul(remote.substr(remote.find(':') + 1), nullptr, 16) != port) {
            continue;
        }
        ++found.all;
        const auto kind = std::stoul(timer, nullptr, 16);
        const auto due = std::stoul(timer.substr(timer.find(':') + 1), nullptr, 16);
        constexpr unsigned long half_a_minute = 30UL * 100;  // in USER_HZ
        if (kind == keep_alive && due <= half_a_minute) ++found.probed;
    }
    return found;
}

}  // namespace

TEST_CASE("half a minute of silence ends no connection of any kind", "[c17][c29][c33][c34]")
{
    using enum upstream;
    std::deque<quiet_connections> all;
    for (const auto which : {direct, unix_socket, tcp, mutual_tls}) all.emplace_back(which);
    for (auto& each : all) each.check_alive();
}

TEST_CASE("a dead engine is looked for on a silent TCP connection", "[c31][gangwayd]")
{
    played_engine stage(GENERATE(upstream::tcp, upstream::mutual_tls));
    auto [client, engine] = stage.hijacked();
    const auto probed = [&] {
        const auto found = connections_to(stage.port());
        return found.all == 1 && found.probed == 1;
    };
    CHECK(eventually(probed));
    // And in a stream that is half-closed.
    client.finish_sending();
    CHECK(engine->receive_all().empty());
    CHECK(eventually(probed));
}
