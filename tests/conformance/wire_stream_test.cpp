// Hijacked streams, half-close and answers that come early, spoken by hand.
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

using namespace integration;

namespace {

constexpr auto upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

// A container that is created and not started, with an open standard input.
std::string create_with_input(const scene& scene, const std::string& script)
{
    return scene.direct().text({"create", "-i", "--network", "none", "busybox", "sh", "-c", script}
    );
}

void start(const scene& scene, const std::string& container)
{
    auto connection = scene.connect();
    connection.send(last_request("POST /containers/" + container + "/start"));
    CHECK(receive_response(connection).status() == 204);
}

raw_client attach(const scene& scene, const std::string& container, std::string_view headers)
{
    auto connection = scene.connect();
    connection.send(request(
        "POST /containers/" + container + "/attach?stream=1&stdin=1&stdout=1&stderr=1", headers
    ));
    return connection;
}

}  // namespace

TEST_CASE("a hijacked stream half-closed by the client still brings late output", "[wire]")
{
    const scene scene(each_upstream());
    const auto container = create_with_input(scene, "cat >/dev/null; sleep 3; echo done");
    auto connection = attach(scene, container, upgrade);
    const auto head = connection.receive_until("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 101 UPGRADED\r\n"));
    start(scene, container);
    connection.send("input\n");
    connection.finish_sending();
    CHECK(unframed(connection.receive_all()) == "done\n");
}

TEST_CASE("a hijack without an upgrade is a raw stream behind 200", "[wire]")
{
    const scene scene(each_upstream());
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

TEST_CASE("a hijacked stream carries megabytes both ways at the same time", "[wire]")
{
    const scene scene(each_upstream());
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

TEST_CASE("the engine's end of a hijacked stream reaches the client", "[wire]")
{
    const scene scene(each_upstream());
    const auto container = create_with_input(scene, "echo bye");
    auto connection = attach(scene, container, upgrade);
    connection.receive_until("\r\n\r\n");
    start(scene, container);
    // Our own side stays open all the time.
    CHECK(unframed(connection.receive_all()) == "bye\n");
    CHECK(!connection.is_reset());
}

TEST_CASE("the head of wait comes at once and its body when the container ends", "[wire]")
{
    const scene scene(each_upstream());
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

TEST_CASE("a client's end of input on a pending request means what it means directly", "[wire]")
{
    const scene scene(each_upstream());
    const auto container = create_with_input(scene, "echo line; sleep 1000");
    start(scene, container);
    const auto path = "/containers/" + container;
    for (const auto& target :
         {"POST " + path + "/wait",
          "GET " + path + "/logs?stdout=1&follow=1",
          std::string("GET /events?filters=%7B%22label%22%3A%5B%22none%22%5D%7D")}) {
        CAPTURE(target);
        const auto half_closed = [&](raw_client connection) {
            connection.send(request(target));
            auto answer = connection.receive_until("\r\n\r\n");
            if (target.find("/logs") != std::string::npos) {
                answer += connection.receive_until("line\n");
            }
            connection.finish_sending();
            return masked(answer + connection.receive_all());
        };
        const auto directly = half_closed(scene.connect_directly());
        CHECK(half_closed(scene.connect()) == directly);
        CHECK(directly.ends_with("0\r\n\r\n"));
    }
}

TEST_CASE("an error during an upload is delivered whole", "[wire]")
{
    const scene scene(each_upstream());

    struct refused {
        std::string head;
        int status;
    };

    const std::string chunked = " HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n";
    const std::vector<refused> table{
        {"POST /build?cachefrom=xx" + chunked + "Content-Type: application/x-tar\r\n\r\n", 500},
        {"POST /v1.41/nope" + chunked + "Content-Type: application/x-tar\r\n\r\n", 404},
        {"POST /containers/create" + chunked + "Content-Type: text/plain\r\n\r\n", 400},
    };
    const auto piece = chunk(std::string(1024 * 1024, 'u'));
    for (const auto& [head, status] : table) {
        CAPTURE(head);
        for (int round = 0; round < 2; ++round) {
            auto connection = scene.connect();
            connection.send(head);
            for (int sent = 0; sent < 30; ++sent) {
                if (!connection.send(piece)) break;
            }
            const auto got = receive_response(connection);
            CHECK(got.status() == status);
            CHECK(got.body.starts_with("{\"message\":"));
            CHECK(got.body.ends_with("}\n"));
        }
    }
}

TEST_CASE("an expected 100 Continue comes from the engine exactly once", "[wire]")
{
    const scene scene(each_upstream());
    auto connection = scene.connect();
    const std::string body = R"({"Image":"busybox","Cmd":["true"]})";
    connection.send(
        "POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
        "Expect: 100-continue\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n"
    );
    CHECK(connection.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(connection.is_silent());
    connection.send(body);
    CHECK(receive_response(connection).status() == 201);
}

TEST_CASE("exec started by hand answers with the engine's own head and stream", "[wire]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto started = [&](raw_client connection) {
        connection.send(request(
            "POST /containers/" + container + "/exec",
            "",
            R"({"AttachStdout":true,"AttachStderr":true,"Cmd":["sh","-c","echo a; echo b >&2"]})"
        ));
        const auto created = receive_response(connection).body;
        const auto id = created.substr(created.find(':') + 2, 64);
        connection.send(
            request("POST /exec/" + id + "/start", upgrade, R"({"Detach":false,"Tty":false})")
        );
        const auto head = connection.receive_until("\r\n\r\n");
        const auto stream = unframed(connection.receive_all());
        CHECK((stream == "a\nb\n" || stream == "b\na\n"));
        return head;
    };
    const auto directly = started(scene.connect_directly());
    CHECK(started(scene.connect()) == directly);
}
