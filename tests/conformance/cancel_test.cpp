// Clients that end their side, or go, while an answer is still to come.
#include "tests/conformance/attached.hpp"
#include "tests/conformance/played_engine.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

using namespace conformance;
using namespace integration;

TEST_CASE("a client's end of input on a pending request means what it means directly", "[c27]")
{
    const scene scene(each_upstream());
    const auto container = create_with_input(scene, "echo line; sleep 1000");
    start(scene, container);
    const auto path = "/containers/" + container;

    struct pending {
        std::string target;
        std::string first;  // what of the body is waited for before the end is said
    };

    for (const auto& [target, first] : std::vector<pending>{
             {"POST " + path + "/wait", ""},
             {"GET " + path + "/logs?stdout=1&follow=1", "line\n"},
             {"GET /events?filters=%7B%22label%22%3A%5B%22none%22%5D%7D", ""}}) {
        CAPTURE(target);
        const auto half_closed = [&, what = request(target), mark = first](raw_client connection) {
            connection.send(what);
            auto answer = connection.receive_until("\r\n\r\n");
            answer += connection.receive_until(mark);
            connection.finish_sending();
            return masked(answer + connection.receive_all());
        };
        const auto directly = half_closed(scene.connect_directly());
        CHECK(half_closed(scene.connect()) == directly);
        CHECK(directly.ends_with("0\r\n\r\n"));
    }
    // Samples differ: of these the heads and the way they end are compared.
    const auto sampled = [&](raw_client connection) {
        connection.send(request("GET " + path + "/stats?stream=1"));
        const auto head = connection.receive_until("\r\n\r\n");
        connection.receive_until("\"read\"");
        connection.finish_sending();
        const auto rest = connection.receive_all();
        return masked(head) + rest.substr(rest.size() - std::min<std::size_t>(rest.size(), 9));
    };
    const auto directly = sampled(scene.connect_directly());
    CHECK(sampled(scene.connect()) == directly);
    CHECK(directly.ends_with("}\n\r\n0\r\n\r\n"));
}

TEST_CASE("stop is answered although its client has ended its side", "[c30]")
{
    const scene scene(each_upstream());
    const auto stopped = [&](raw_client connection) {
        const auto container =
            scene.run_detached({"busybox", "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"}
            );
        connection.send(request("POST /containers/" + container + "/stop?t=1"));
        connection.finish_sending();
        const auto answer = masked(connection.receive_all());
        CHECK(!scene.is_running(container));
        return answer;
    };
    const auto directly = stopped(scene.connect_directly());
    CHECK(stopped(scene.connect()) == directly);
    CHECK(directly.starts_with("HTTP/1.1 204 No Content\r\n"));
}

TEST_CASE("a client that closes while logs are silent ends the engine's side", "[c28][c32]")
{
    const scene scene(each_way());
    const auto container = create_with_input(scene, "echo line; sleep 1000");
    start(scene, container);
    std::size_t idle = 0;
    // A connection that has just ended is closed a moment later.
    CHECK(eventually([&] {
        const auto before = std::exchange(idle, scene.engine_sockets());
        return before == idle;
    }));
    std::vector<raw_client> clients;
    for (const auto& target :
         {"GET /containers/" + container + "/logs?stdout=1&follow=1",
          std::string("GET /events?filters=%7B%22label%22%3A%5B%22none%22%5D%7D"),
          "POST /containers/" + container + "/wait",
          "GET /containers/" + container + "/stats?stream=1"}) {
        clients.push_back(scene.connect());
        clients.back().send(request(target));
        clients.back().receive_until("\r\n\r\n");
    }
    CHECK(scene.engine_sockets() >= idle + 4);
    for (auto& client : clients) client.close();
    CHECK(eventually([&] { return scene.engine_sockets() <= idle; }));
}

TEST_CASE("a silent engine is told of a client that has gone", "[c22][c28][c32]")
{
    const bool hijacked = GENERATE(true, false);
    CAPTURE(hijacked);
    played_engine stage(each_way());
    auto [client, engine] =
        hijacked ? stage.hijacked() : stage.converse(request("GET /containers/c/logs?follow=1"));
    client.close();
    CHECK(engine->receive_all().empty());
    // Not half-closed: nobody is there to read any more.
    CHECK(eventually([&, &to = *engine] { return !to.send("output"); }));
}

TEST_CASE("an engine that writes to a client that has gone is stopped", "[c28]")
{
    const bool hijacked = GENERATE(true, false);
    CAPTURE(hijacked);
    played_engine stage(each_way());
    auto [client, engine] =
        hijacked ? stage.hijacked() : stage.converse(request("GET /images/a/get"));
    if (!hijacked) engine->send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto output = chunk(std::string(65536, 'o'));
    engine->send(output);
    client.receive(1000);
    client.close();
    CHECK(eventually([&, &to = *engine] { return !to.send(output); }));
}
