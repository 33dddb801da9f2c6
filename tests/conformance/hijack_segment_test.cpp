// How bytes are cut matters where a stream begins: dockerd drops what came with an attach's head in
// one segment and gives what came behind it to the container.
#include "tests/conformance/attached.hpp"
#include "tests/conformance/played_engine.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

using namespace conformance;
using namespace integration;

namespace {

// As docker-modem writes it for dockerode's attach, whose options it sends as a body, too.
std::string dockerode_head(const std::string& container, std::string_view more, std::size_t body)
{
    return "POST " + attach_path(container) + " HTTP/1.1\r\nContent-Type: application/json\r\n" +
           std::string(more) + "Content-Length: " + std::to_string(body) +
           "\r\nHost: localhost\r\n\r\n";
}

const std::string options = R"({"stream":true,"stdin":true,"stdout":true,"stderr":true})";

}  // namespace

TEST_CASE("a head and the body that came with it are one segment", "[c15]")
{
    played_engine stage(each_way());
    for (const std::string& sent :
         {dockerode_head("c", upgrade, options.size()) + options,
          dockerode_head("c", "", options.size()) + options,
          std::string("POST /session HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
          request("POST /exec/e/start", upgrade, R"({"Detach":false})"),
          request("POST /containers/create", "", R"({"Image":"busybox"})")}) {
        CAPTURE(sent);
        auto client = stage.connect();
        client.send(sent);
        CHECK(stage.accept()->receive_segment() == sent);
    }
}

TEST_CASE("what comes behind a head stays a segment of its own", "[c15]")
{
    played_engine stage(each_way());
    const auto head = dockerode_head("c", upgrade, options.size());
    auto client = stage.connect();
    client.send(head);
    const auto engine = stage.accept();
    CHECK(engine->receive_segment() == head);
    client.send(options);
    CHECK(engine->receive_segment() == options);
    engine->send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    client.receive_until("\r\n\r\n");
    for (const auto* word : {"one", "two", "three"}) {
        client.send(word);
        CHECK(engine->receive_segment() == word);
    }
}

TEST_CASE("dockerode's options do not reach the container's input", "[c15]")
{
    const scene scene(each_way());
    const auto container = run_with_input(scene, "while read x; do echo got-$x; done");
    const auto sent = dockerode_head(container, upgrade, options.size()) + options;
    for (int round = 0; round < 50; ++round) {
        auto connection = scene.connect();
        connection.send(sent);
        CHECK(connection.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 UPGRADED"));
        const auto word = "word-" + std::to_string(100 + round);
        connection.send(word + "\n");
        CHECK(unframed(connection.receive(8 + 4 + word.size() + 1)) == "got-" + word + "\n");
    }
}

TEST_CASE("options that come late are the container's input, as directly", "[c15]")
{
    const scene scene(each_way());
    const auto container = run_with_input(scene, "read x; echo got-$x; read x; echo got-$x");
    auto connection = scene.connect();
    connection.send(dockerode_head(container, upgrade, options.size()));
    // The engine hijacks without having read them.
    connection.receive_until("\r\n\r\n");
    connection.send(options + "\n");
    CHECK(unframed(connection.receive(8 + 4 + options.size() + 1)) == "got-" + options + "\n");
    connection.send("0\r\n\r\n");
    CHECK(unframed(connection.receive_all()) == "got-0\r\n");
}

TEST_CASE("an empty chunked body that comes late is the container's input, as directly", "[c15]")
{
    const scene scene(each_way());
    const auto container = run_with_input(scene, "read x; echo got-$x");
    auto connection = scene.connect();
    connection.send(
        "POST " + attach_path(container) + " HTTP/1.1\r\nHost: localhost\r\n" +
        std::string(upgrade) + "Transfer-Encoding: chunked\r\n\r\n"
    );
    connection.receive_until("\r\n\r\n");
    connection.send("0\r\n\r\n");
    CHECK(unframed(connection.receive_all()) == "got-0\r\n");
}

TEST_CASE("input right behind an attach is not lost", "[c15]")
{
    const scene scene(each_way());
    const bool at_once = scene.way() != upstream::direct;
    const auto container = run_with_input(scene, "while read x; do echo got-$x; done");
    for (int round = 0; round < 20; ++round) {
        auto connection = scene.connect();
        const auto head = request("POST " + attach_path(container), upgrade);
        if (at_once) {
            // dockerd alone would drop EARLY. We keep it, because what we read at once the client
            // may well have sent in two segments.
            connection.send(head + "EARLY\n");
            connection.receive_until("\r\n\r\n");
        } else {
            connection.send(head);
            connection.receive_until("\r\n\r\n");
            connection.send("EARLY\n");
        }
        CHECK(unframed(connection.receive(18)) == "got-EARLY\n");
    }
}

TEST_CASE("bytes behind a request's length are the stream's where nobody asked to upgrade", "[c26]")
{
    const scene scene(each_way());
    const auto container = run_with_input(scene, "while read x; do echo got-$x; done");
    for (int round = 0; round < 20; ++round) {
        auto connection = scene.connect();
        connection.send(dockerode_head(container, "", options.size()) + options);
        CHECK(
            connection.receive_until("\r\n\r\n") ==
            "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
        );
        for (const std::string word : {"GET", "POST / HTTP/1.1"}) {
            connection.send(word + "\n");
            CHECK(unframed(connection.receive(8 + 5 + word.size())) == "got-" + word + "\n");
        }
    }
}
