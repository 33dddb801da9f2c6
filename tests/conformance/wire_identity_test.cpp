// Bytes that no docker program sends, and errors of every kind: the answer through gangwayd is the
// engine's own, byte for byte.
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

using namespace integration;
using namespace std::string_literals;

namespace {

struct exchange {
    const char* description;
    std::string bytes;
};

std::string with_header(std::size_t size)
{
    return "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nX-Big: " +
           std::string(size, 'a') + "\r\n\r\n";
}

const std::vector<exchange>& ordinary_requests()
{
    static const std::vector<exchange> table{
        {"ping", last_request("GET /_ping")},
        {"ping by HEAD", last_request("HEAD /_ping")},
        {"version", last_request("GET /v1.41/version")},
        {"no such container", last_request("GET /containers/nope/json")},
        {"no such container to attach to", last_request("POST /containers/nope/attach?stream=1")},
        {"attach to nothing with an upgrade",
         request(
             "POST /containers/nope/attach?stream=1", "Connection: Upgrade\r\nUpgrade: tcp\r\n"
         )},
        {"no such exec", last_request("POST /exec/nope/start", R"({"Detach":false,"Tty":false})")},
        {"no such page", last_request("GET /v1.41/no/such/page")},
        {"a route of the future", last_request("POST /v1.41/teleport?to=mars", R"({"a":1})")},
        {"a version too new", last_request("GET /v1.99/info")},
        {"a version too old", last_request("GET /v1.1/info")},
        {"a doubled slash", last_request("GET //containers/json")},
        {"an image name in use nowhere", last_request("DELETE /images/nope")},
        {"a body that is not JSON", last_request("POST /containers/create", "{not json")},
        {"a container from no image",
         last_request("POST /containers/create", R"({"Image":"nope"})")},
        {"an error of the engine's own", last_request("POST /build?cachefrom=xx")},
        {"a query of 20 KB", last_request("GET /_ping?" + std::string(20000, 'q'))},
    };
    return table;
}

const std::vector<exchange>& odd_requests()
{
    static const std::vector<exchange> table{
        {"HTTP/1.0", "GET /_ping HTTP/1.0\r\n\r\n"},
        {"HTTP/1.0 until close", "GET /version HTTP/1.0\r\nHost: docker\r\n\r\n"},
        {"HTTP/1.2", "GET /_ping HTTP/1.2\r\nHost: docker\r\nConnection: close\r\n\r\n"},
        {"HTTP/3.0", "GET /_ping HTTP/3.0\r\nHost: docker\r\n\r\n"},
        {"line feeds alone", "GET /_ping HTTP/1.1\nHost: docker\nConnection: close\n\n"},
        {"a folded header",
         "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nX-Folded: a\r\n b\r\n\r\n"},
        {"an empty line first", "\r\nGET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"},
        {"options of everything",
         "OPTIONS * HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"},
        {"an absolute target",
         "GET http://docker/_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"},
        {"UTF-8 in the target",
         "GET /containers/gr\xc3\xbc\xc3\x9f"
         "e/json HTTP/1.1\r\nHost: docker\r\n"
         "Connection: close\r\n\r\n"},
        {"no host", "GET /_ping HTTP/1.1\r\nConnection: close\r\n\r\n"},
        {"an empty host", "GET /_ping HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n"},
        {"a path as host",
         "GET /_ping HTTP/1.1\r\nHost: /var/run/docker.sock\r\nConnection: close\r\n\r\n"},
        {"an escaped path as host",
         "GET /_ping HTTP/1.1\r\nHost: %2Fvar%2Frun%2Fdocker.sock\r\nConnection: close\r\n\r\n"},
        {"a length and chunks",
         "POST /containers/create HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
         "Content-Type: application/json\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
         "2\r\n{}\r\n0\r\n\r\n"},
        {"one length said twice",
         "POST /containers/create HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
         "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
        {"two lengths",
         "POST /containers/create HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
         "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"},
        {"an encoding the engine lacks",
         "POST /containers/create HTTP/1.1\r\nHost: docker\r\n"
         "Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        {"chunk extensions and trailers",
         "POST /containers/create HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
         "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n"
         "2;name=value\r\n{}\r\n0\r\nX-End: here\r\n\r\n"},
        {"a body with GET",
         "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Length: "
         "4\r\n\r\nbody"},
        {"a header just inside the engine's limit", with_header(1'052'000)},
    };
    return table;
}

const std::vector<exchange>& not_http()
{
    static const std::vector<exchange> table{
        {"garbage", "\x01\x02\x03 nonsense \xff\xfe\r\n\r\n"s},
        {"a word", "hello\r\n\r\n"},
        {"a TLS client", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\r\n\r\n"s},
        {"HTTP/2 by prior knowledge",
         "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"s},
        {"a control character in a header",
         "GET /_ping HTTP/1.1\r\nHost: docker\r\nX: \x01\r\n\r\n"},
        {"a header without a colon", "GET /_ping HTTP/1.1\r\nHost: docker\r\nnonsense\r\n\r\n"},
        {"nothing at all", ""},
        {"half a head", "GET /_ping HTTP/1.1\r\nHos"},
    };
    return table;
}

std::string answer(raw_client connection, const std::string& bytes)
{
    connection.send(bytes);
    connection.finish_sending();
    return masked(connection.receive_all());
}

void check_same_answers(const scene& scene, const std::vector<exchange>& table)
{
    for (const auto& [description, bytes] : table) {
        CAPTURE(description);
        const auto directly = answer(scene.connect_directly(), bytes);
        const auto through = answer(scene.connect(), bytes);
        CHECK(through == directly);
    }
}

}  // namespace

TEST_CASE("answers and errors are the engine's byte for byte", "[c3][c14]")
{
    const scene scene(each_upstream());
    check_same_answers(scene, ordinary_requests());
}

TEST_CASE("odd but legal requests are answered as the engine answers them", "[c5][c6]")
{
    const scene scene(each_upstream());
    check_same_answers(scene, odd_requests());
}

TEST_CASE("what is not HTTP is answered as the engine answers it", "[c6][bad]")
{
    const scene scene(each_upstream());
    check_same_answers(scene, not_http());
}

TEST_CASE("a head beyond the engine's limit gets the engine's 431", "[c3][bad]")
{
    const scene scene(each_upstream());
    auto connection = scene.connect();
    connection.send(with_header(1'060'000));
    const auto through = connection.receive_all();
    CHECK(through.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    auto directly = scene.connect_directly();
    directly.send(with_header(1'060'000));
    CHECK(through == directly.receive_all());
}

TEST_CASE("one connection carries request after request", "[c3]")
{
    const scene scene(each_upstream());
    const auto container = scene.docker().text({"create", "busybox", "sleep", "1000"});
    auto connection = scene.connect();
    for (int round = 0; round < 20; ++round) {
        connection.send(request("GET /_ping"));
        CHECK(receive_response(connection).body == "OK");
        connection.send(request("HEAD /_ping"));
        CHECK(receive_response(connection, true).status() == 200);
        connection.send(request("GET /containers/nope/json"));
        CHECK(receive_response(connection).status() == 404);
        connection.send(request("GET /info"));
        CHECK(receive_response(connection).body.starts_with("{\"ID\""));
    }
    connection.send(request("POST /containers/" + container + "/start"));
    CHECK(receive_response(connection).status() == 204);
    connection.send(request("POST /containers/" + container + "/start"));
    CHECK(receive_response(connection).status() == 304);
    connection.send(request("GET /_ping"));
    CHECK(receive_response(connection).body == "OK");
}

TEST_CASE("requests sent together are answered in order", "[c4]")
{
    const scene scene(each_upstream());
    auto connection = scene.connect();
    connection.send(
        request("GET /_ping") + request("GET /containers/nope/json") + last_request("GET /version")
    );
    CHECK(receive_response(connection).body == "OK");
    CHECK(receive_response(connection).status() == 404);
    CHECK(receive_response(connection).body.find("\"ApiVersion\"") != std::string::npos);
    CHECK(connection.receive_all().empty());
}
