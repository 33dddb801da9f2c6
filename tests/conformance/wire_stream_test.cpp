// Hijacked streams of a real engine, spoken by hand: both directions, their ends, late heads.
#include "tests/conformance/attached.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace conformance;
using namespace integration;

TEST_CASE("a hijacked stream half-closed by the client still brings late output", "[c17]")
{
    const scene scene(each_way());
    const auto container = create_with_input(scene, "cat >/dev/null; sleep 2; echo done");
    auto connection = attach(scene, container, upgrade);
    const auto head = connection.receive_until("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 101 UPGRADED\r\n"));
    start(scene, container);
    connection.send("input\n");
    connection.finish_sending();
    CHECK(unframed(connection.receive_all()) == "done\n");
}

TEST_CASE("a hijack without an upgrade is a raw stream behind 200", "[c14][c26]")
{
    const scene scene(each_way());
    const auto container = create_with_input(scene, "while read x; do echo got-$x; done");
    auto connection = attach(scene, container, "");
    const auto head = connection.receive_until("\r\n\r\n");
    CHECK(head == "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n");
    start(scene, container);
    connection.send("one\n");
    CHECK(unframed(connection.receive(16)) == "got-one\n");
    connection.send("two\n");
    CHECK(unframed(connection.receive(16)) == "got-two\n");
    connection.finish_sending();
    CHECK(connection.receive_all().empty());
}

TEST_CASE("a hijacked stream carries megabytes both ways at the same time", "[c20]")
{
    const scene scene(each_way());
    const auto container = create_with_input(scene, "cat");
    auto connection = attach(scene, container, upgrade);
    connection.receive_until("\r\n\r\n");
    start(scene, container);
    const auto sent = test_support::patterned_bytes(8'000'000);
    CHECK(connection.send(sent));
    connection.finish_sending();
    const bool same_bytes = unframed(connection.receive_all()) == sent;
    CHECK(same_bytes);
}

TEST_CASE("the engine's end of a hijacked stream reaches the client", "[c18][c35]")
{
    const scene scene(each_way());
    const auto container = create_with_input(scene, "echo bye");
    auto connection = attach(scene, container, upgrade);
    connection.receive_until("\r\n\r\n");
    start(scene, container);
    // Our own side stays open all the time.
    CHECK(unframed(connection.receive_all()) == "bye\n");
    CHECK(!connection.is_reset());
    // dockerd has only half-closed, too: it takes what is still said.
    CHECK(connection.send("not too late to say\n"));
    const auto held = scene.descriptors();
    connection.close();
    CHECK(eventually([&] { return scene.descriptors() + 2 <= held || scene.descriptors() == 0; }));
}

TEST_CASE("the head of wait comes at once and its body when the container ends", "[c11]")
{
    const scene scene(each_way());
    const auto container = create_with_input(scene, "read x; exit 21");
    start(scene, container);
    auto waiting = scene.connect();
    waiting.send(request("POST /containers/" + container + "/wait"));
    CHECK(waiting.receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(waiting.is_silent());
    auto input = attach(scene, container, upgrade);
    input.receive_until("\r\n\r\n");
    input.send("go\n");
    CHECK(waiting.receive_until("0\r\n\r\n").find("\"StatusCode\":21") != std::string::npos);
}

TEST_CASE("a slow reader gets the last byte of much output", "[c19]")
{
    const scene scene(each_way());
    // Without the engine's own log, which would be most of the time.
    const auto container = scene.direct().text(
        {"create",
         "-i",
         "--network",
         "none",
         "--log-driver",
         "none",
         "busybox",
         "sh",
         "-c",
         "head -c 16777216 /dev/urandom | tee /all; md5sum </all; echo END"}
    );
    auto connection = attach(scene, container);
    connection.receive_until("\r\n\r\n");
    start(scene, container);
    std::string stream;
    // The container and the engine are long done when the end is read.
    for (int pause = 0; pause < 200; ++pause) {
        stream += connection.receive(65536);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    stream += connection.receive_all();
    const auto output = unframed(stream);
    REQUIRE(output.size() > 16777216);
    const auto sum = test_support::run_checked(
        {.arguments = {"md5sum"}, .input = piped_text{output.substr(0, 16777216)}}
    );
    CHECK(output.substr(16777216) == sum + "END\n");
}
