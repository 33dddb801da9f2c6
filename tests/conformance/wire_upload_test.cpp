// Requests with a body: an engine that answers before it has all of it, or asks for it first.
#include "tests/conformance/played_engine.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

using namespace conformance;
using namespace integration;

namespace {

constexpr auto create_head = "POST /containers/create HTTP/1.1\r\nHost: docker\r\n";
const std::string create_body = R"({"Image":"busybox","Cmd":["true"]})";

std::string expecting(const std::string& type)
{
    return create_head + ("Content-Type: " + type) +
           "\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(create_body.size()) +
           "\r\n\r\n";
}

}  // namespace

TEST_CASE("an error during an upload is delivered whole", "[c9]")
{
    const scene scene(each_way());

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

TEST_CASE("an answer that comes early is delivered while the engine takes nothing more", "[c9]")
{
    played_engine stage(each_way());
    const bool closes = GENERATE(true, false);
    CAPTURE(closes);
    auto [client, engine] =
        stage.converse("POST /build HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string answer =
        "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno\n";
    engine->send(answer);
    if (closes) engine->close();
    CHECK(client.receive(answer.size()) == answer);
    client.send(chunk("too late"));
    client.finish_sending();
    if (!closes) {
        CHECK(engine->receive_all() == chunk("too late"));
        engine->finish_sending();
    }
    CHECK(client.receive_all().empty());
}

TEST_CASE("an expected 100 Continue comes from the engine exactly once", "[c8]")
{
    const scene scene(each_way());
    auto connection = scene.connect();
    connection.send(expecting("application/json"));
    CHECK(connection.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(connection.is_silent());
    connection.send(create_body);
    CHECK(receive_response(connection).status() == 201);
}

TEST_CASE("no 100 Continue comes before an immediate refusal", "[c8][bad]")
{
    const scene scene(each_upstream());
    const auto refused = [](raw_client connection) {
        connection.send(expecting("text/plain"));
        const auto answer = receive_response(connection);
        connection.finish_sending();
        return masked(answer.head + answer.body + connection.receive_all());
    };
    const auto directly = refused(scene.connect_directly());
    CHECK(refused(scene.connect()) == directly);
    CHECK(directly.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(directly.find("100 Continue") == std::string::npos);
}

TEST_CASE("a body may come without waiting for the 100 Continue it expects", "[c8]")
{
    const scene scene(each_upstream());
    const auto impatient = [](raw_client connection) {
        connection.send(expecting("application/json") + create_body);
        auto answer = connection.receive_until("\"Warnings\":[]}\n");
        connection.finish_sending();
        return masked(answer + connection.receive_all());
    };
    const auto directly = impatient(scene.connect_directly());
    CHECK(impatient(scene.connect()) == directly);
    CHECK(directly.find("HTTP/1.1 201 Created\r\n") != std::string::npos);
}

TEST_CASE("any number of interim answers passes as it comes", "[c8]")
{
    played_engine stage(each_way());
    const auto head = expecting("application/json");
    auto [client, engine] = stage.converse(head);
    for (const std::string interim :
         {"HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n"}) {
        engine->send(interim);
        CHECK(client.receive_segment() == interim);
    }
    client.send(create_body);
    CHECK(engine->receive(create_body.size()) == create_body);
    const std::string answer = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
    engine->send(answer);
    CHECK(client.receive(answer.size()) == answer);
    client.send(request("GET /_ping"));
    CHECK(engine->receive_until("\r\n\r\n") == request("GET /_ping"));
}
