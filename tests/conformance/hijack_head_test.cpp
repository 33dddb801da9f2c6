// The heads by which dockerd starts a stream or refuses one: in each case the bytes, in their
// order, that come directly.
#include "tests/conformance/attached.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace conformance;
using namespace integration;

namespace {

struct variant {
    std::string description;
    std::string version;
    std::string headers;
};

const std::vector<variant>& variants()
{
    static const std::vector<variant> table{
        {"with the upgrade that docker asks for", "1.1", upgrade},
        {"with an upgrade of another name", "1.1", "Connection: Upgrade\r\nUpgrade: foo\r\n"},
        {"without an upgrade", "1.1", ""},
        {"by HTTP/1.0", "1.0", ""},
        {"by HTTP/1.0 with an upgrade", "1.0", upgrade},
    };
    return table;
}

std::string post(const std::string& path, const variant& by, const std::string& body = "")
{
    return "POST " + path + " HTTP/" + by.version + "\r\nHost: docker\r\n" + by.headers +
           "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("attach begins with the engine's own head", "[c14]")
{
    const scene scene(each_upstream());
    const auto container = run_with_input(scene, "while read x; do echo got-$x; done");
    for (const auto& by : variants()) {
        CAPTURE(by.description);
        const auto talk = [&](raw_client connection) {
            connection.send(post(attach_path(container), by));
            const auto head = connection.receive_until("\r\n\r\n");
            connection.send("word\n");
            CHECK(unframed(connection.receive(17)) == "got-word\n");
            return head;
        };
        const auto directly = talk(scene.connect_directly());
        CHECK(talk(scene.connect()) == directly);
        const bool upgraded = !by.headers.empty();
        CHECK(directly.starts_with(upgraded ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n"));
    }
}

TEST_CASE("exec begins with the engine's own head and ends with its stream", "[c14]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    for (const auto& by : variants()) {
        CAPTURE(by.description);
        const auto talk = [&](raw_client connection) {
            const auto id = create_exec(scene, container, "read x; echo got-$x");
            connection.send(post("/exec/" + id + "/start", by, R"({"Detach":false,"Tty":false})"));
            const auto head = connection.receive_until("\r\n\r\n");
            connection.send("word\n");
            connection.finish_sending();
            CHECK(unframed(connection.receive_all()) == "got-word\n");
            return head;
        };
        const auto directly = talk(scene.connect_directly());
        CHECK(talk(scene.connect()) == directly);
        CHECK(directly.find("\r\nServer: Docker/") != std::string::npos);
    }
}

TEST_CASE("an exec that is detached leaves its connection to the next request", "[c14]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto talk = [&](raw_client connection) {
        const auto id = create_exec(scene, container, "true");
        connection.send(request("POST /exec/" + id + "/start", "", R"({"Detach":true,"Tty":false})")
        );
        const auto answer = receive_response(connection);
        connection.send(last_request("GET /_ping"));
        return masked(answer.head + answer.body + connection.receive_all());
    };
    const auto directly = talk(scene.connect_directly());
    CHECK(talk(scene.connect()) == directly);
    CHECK(directly.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(directly.ends_with("\r\n\r\nOK"));
}

TEST_CASE("a stream that is refused ends as it ends directly", "[c14][bad]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto stopped = scene.direct().text({"create", "busybox", "true"});
    const std::string no_exec = "/exec/" + std::string(64, 'a') + "/start";
    const std::string body = R"({"Detach":false,"Tty":false})";
    const variant upgraded = variants().front();
    const variant plain{"plain", "1.1", "Connection: close\r\n"};
    for (const auto& request : {
             post(attach_path("nope"), upgraded),
             post(attach_path("nope"), plain),
             post(no_exec, upgraded, body) + last_request("GET /_ping"),
             post(no_exec, plain, body),
             post("/exec/" + std::string(64, 'a') + "/start", plain, "{not json"),
         }) {
        CAPTURE(request);
        const auto talk = [&](raw_client connection) {
            connection.send(request);
            return masked(connection.receive_all());
        };
        const auto directly = talk(scene.connect_directly());
        CHECK(talk(scene.connect()) == directly);
        CHECK(directly.starts_with("HTTP/1.1 4"));
    }
    const auto missing = [&](raw_client connection) {
        const auto id = create_exec(scene, container, "exec /no/such/program");
        connection.send(post("/exec/" + id + "/start", upgraded, body));
        const auto head = connection.receive_until("\r\n\r\n");
        // Into how many frames the shell's message falls is a matter of its timing.
        return head + unframed(connection.receive_all());
    };
    CHECK(missing(scene.connect()) == missing(scene.connect_directly()));
}

TEST_CASE("the engine speaks first on the streams of BuildKit", "[c24]")
{
    const scene scene(each_upstream());
    const std::string h2c = "Connection: Upgrade\r\nUpgrade: h2c\r\n";
    const std::string head =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    constexpr std::size_t frame_head = 9;
    SECTION("a session has the engine's preface and settings right behind its head")
    {
        const auto opened = [&](raw_client connection, const std::string& name) {
            connection.send(request(
                "POST /session",
                h2c + "X-Docker-Expose-Session-Uuid: " + name +
                    "\r\nX-Docker-Expose-Session-Name: n\r\n"
                    "X-Docker-Expose-Session-Grpc-Method: /one\r\n"
                    "X-Docker-Expose-Session-Grpc-Method: /two\r\n"
            ));
            return connection.receive(head.size() + preface.size() + frame_head);
        };
        // The engine may still hold the sessions of an earlier scene.
        std::ostringstream way;
        way << scene.way();
        const auto directly = opened(scene.connect_directly(), "directly, " + way.str());
        CHECK(opened(scene.connect(), "through " + way.str()) == directly);
        CHECK(directly.starts_with(head + preface));
    }
    SECTION("/grpc is a server whose client speaks once it has read the head")
    {
        const auto opened = [&](raw_client connection) {
            connection.send(request("POST /grpc", h2c));
            auto bytes = connection.receive(head.size());
            connection.send(preface + std::string("\0\0\0\4\0\0\0\0\0", frame_head));
            // Its settings, of which it has some, and its acknowledgement of ours.
            bytes += connection.receive(2 * frame_head);
            connection.finish_sending();
            return bytes;
        };
        const auto directly = opened(scene.connect_directly());
        CHECK(opened(scene.connect()) == directly);
        CHECK(directly.starts_with(head));
        CHECK(directly[head.size() + 3] == '\4');
    }
    SECTION("a session that asks for no upgrade is refused")
    {
        const auto refused = [](raw_client connection) {
            connection.send(last_request("POST /session"));
            return masked(connection.receive_all());
        };
        const auto directly = refused(scene.connect_directly());
        CHECK(refused(scene.connect()) == directly);
        CHECK(directly.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    }
}
