// Which requests are told apart by method and target alone.
#include "proxy/plain_question.hpp"

#include <catch2/catch.hpp>

#include <string>

using proxy::plain_question;

TEST_CASE("what clients ask for is a plain question")
{
    const std::string start = "GET /v1.41/containers/json?all=1 HTTP/1.1\r\n";
    const auto* fields = GENERATE(
        // docker, docker-py, Node.js, curl
        "Host: api.moby.localhost\r\nUser-Agent: Docker-Client/20.10.24 (linux)\r\n",
        "Host: %2Fvar%2Frun%2Fdocker.sock\r\nUser-Agent: Docker-Client/28.0 (linux)\r\n",
        "Host: localhost\r\nUser-Agent: docker-sdk-python/7.0\r\nAccept-Encoding: gzip, "
        "deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n",
        "host: 127.0.0.1:2375\r\nCONNECTION:Keep-Alive \r\nContent-Type: application/json\r\n",
        "Accept: a\r\nHost: [::1]:80\r\ntraceparent: 00-1-2-01\r\nAccept: b\r\n"
    );
    CAPTURE(fields);
    CHECK(plain_question(start + fields + "\r\n") == "GET /v1.41/containers/json?all=1");
    CHECK(plain_question("HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n") == "HEAD /_ping");
}

TEST_CASE("a request with more to it is none")
{
    const auto* fields = GENERATE(
        "",
        "Host: d\r\nHost: d\r\n",
        "Host:\r\n",
        "Host: a/b\r\n",
        "Host: d\r\nConnection: close\r\n",
        "Host: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n",
        "Host: d\r\nUpgrade: tcp\r\n",
        "Host: d\r\nContent-Length: 0\r\n",
        "Host: d\r\nContent-Length: 2\r\n",
        "Host: d\r\nTransfer-Encoding: chunked\r\n",
        "Host: d\r\nExpect: 100-continue\r\n",
        "Host: d\r\nAuthorization: x\r\n",
        "Host: d\r\nX-Registry-Auth: x\r\n",
        "Host: d\r\nRange: bytes=0-1\r\n",
        "Host: d\r\nIf-None-Match: x\r\n",
        "Host: d\r\nX-Anything: x\r\n",
        "Host: d\r\nUser-Agent : x\r\n",
        "Host: d\r\nUser-Agent: \x01\r\n",
        "Host: d\r\nUser-Agent: caf\xc3\xa9\r\n",
        "Host: d\r\nUser-Agent: a\r\n b\r\n",
        "Host: d\r\nUser-Agent: a\nAuthorization: x\r\n",
        "Host: d\r\nno colon\r\n"
    );
    CAPTURE(fields);
    CHECK_FALSE(plain_question("GET /_ping HTTP/1.1\r\n" + std::string(fields) + "\r\n"));
}

TEST_CASE("a start line that is not the usual one is none")
{
    const auto* start = GENERATE(
        "POST /_ping HTTP/1.1\r\n",
        "get /_ping HTTP/1.1\r\n",
        "GET /_ping HTTP/1.0\r\n",
        "GET /_ping HTTP/1.2\r\n",
        "GET http://d/_ping HTTP/1.1\r\n",
        "GET  /_ping HTTP/1.1\r\n",
        "GET /_ping  HTTP/1.1\r\n",
        "GET /a b HTTP/1.1\r\n",
        "GET /\xc3\xa9 HTTP/1.1\r\n",
        "GET /_ping HTTP/1.1\n",
        "GET / HTTP/1.1",
        ""
    );
    CAPTURE(start);
    CHECK_FALSE(plain_question(start + std::string("Host: d\r\n\r\n")));
}

TEST_CASE("a head is whole, and nothing else")
{
    const std::string head = "GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n";
    CHECK(plain_question(head));
    CHECK_FALSE(plain_question(head + "G"));
    for (std::size_t size = 0; size < head.size(); ++size) {
        CHECK_FALSE(plain_question(head.substr(0, size)));
    }
}
