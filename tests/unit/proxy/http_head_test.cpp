// Request and response heads as Go reads them, and what is left to the engine to refuse.
#include "proxy/http_head.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace proxy;

namespace {

head_state state_of(std::string_view bytes)
{
    return request_head_parser().feed(bytes);
}

request_head request(std::string_view bytes)
{
    request_head_parser parser;
    REQUIRE(parser.feed(bytes) == head_state::complete);
    CHECK(parser.size() == bytes.size());
    return parser.head();
}

response_head response(std::string_view bytes)
{
    response_head_parser parser;
    REQUIRE(parser.feed(bytes) == head_state::complete);
    return parser.head();
}

}  // namespace

TEST_CASE("a request head gives its method, target, framing and upgrade")
{
    const auto head = request(
        "POST /v1.41/containers/x/attach?stream=1 HTTP/1.1\r\n"
        "Host: api.moby.localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
        "Content-Length: 7\r\n\r\n"
    );
    CHECK(head.method == "POST");
    CHECK(head.target == "/v1.41/containers/x/attach?stream=1");
    CHECK(head.body == body_framing{body_kind::length, 7});
    CHECK(head.upgrade);
}

TEST_CASE("the bytes behind a head are not part of it")
{
    request_head_parser parser;
    CHECK(parser.feed("GET / HTTP/1.1\r\n\r\nstdin") == head_state::complete);
    CHECK(parser.size() == 18);
}

TEST_CASE("a head may come in any pieces")
{
    const std::string whole =
        "GET /_ping HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: Chunked\r\n\r\n";
    request_head_parser parser;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        REQUIRE(parser.feed(whole.substr(0, size)) == head_state::incomplete);
    }
    REQUIRE(parser.feed(whole) == head_state::complete);
    CHECK(parser.head().body.kind == body_kind::chunked);
}

TEST_CASE("what Go accepts is understood")
{
    CHECK(request("GET / HTTP/1.1\nHost: a\n\n").method == "GET");  // bare LF
    CHECK(request("GET / HTTP/1.2\r\n\r\n").method == "GET");
    CHECK(request("GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n").method == "GET");
    CHECK(
        request("GET http://docker/info HTTP/1.1\r\nHost:\r\n\r\n").target == "http://docker/info"
    );
    CHECK(
        request("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n").body.length ==
        5
    );
    CHECK(request("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").body.kind == body_kind::none);
}

TEST_CASE("an Upgrade field counts whatever its value, which may be on the next line")
{
    CHECK(request("POST / HTTP/1.1\r\nUpgrade:\r\n tcp\r\n\r\n").upgrade);
    CHECK(request("POST / HTTP/1.1\r\nupgrade:\r\n\r\n").upgrade);
    CHECK_FALSE(request("POST / HTTP/1.1\r\nX: Upgrade\r\n\r\n").upgrade);
}

TEST_CASE("Transfer-Encoding wins over Content-Length")
{
    const auto head =
        request("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK(head.body.kind == body_kind::chunked);
}

TEST_CASE("what Go might read differently is refused, as soon as its line is there")
{
    const auto bytes = GENERATE(
        "garbage\r\n",
        "\r\nGET / HTTP/1.1\r\n",
        "GET /\r\n",
        "GET / HTTP/2.0\r\n",
        "GET / HTTP/3.0\r\n",
        "PRI * HTTP/2.0\r\n",
        "G@T / HTTP/1.1\r\n",
        "GET / a HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n",
        "GET / HTTP/1.1\r\nName : value\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n",
        "GET / HTTP/1.1\r\nContent-Length: +1\r\n",
        "GET / HTTP/1.1\r\nContent-Length:\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 0x10\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 9223372036854775808\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\n 2\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    CAPTURE(bytes);
    CHECK(state_of(bytes) == head_state::refused);
}

TEST_CASE("a head is read up to Go's limit and no further")
{
    const std::string start = "GET / HTTP/1.1\r\nX: ";
    const auto fits = start + std::string(max_head_size - start.size() - 4, 'x') + "\r\n\r\n";
    CHECK(request(fits).method == "GET");
    CHECK(state_of(start + std::string(max_head_size, 'x')) == head_state::refused);
    CHECK(
        state_of(start + std::string(max_head_size - start.size() - 3, 'x') + "\r\n\r\n") ==
        head_state::refused
    );
}

TEST_CASE("a response head gives its status and framing")
{
    CHECK(response("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n").status == 101);
    CHECK(response("HTTP/1.1 200 OK\r\n\r\n").body.kind == body_kind::until_close);
    CHECK(response("HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n").body.length == 3);
    CHECK(
        response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").body.kind ==
        body_kind::chunked
    );
    for (const auto* bytes :
         {"HTTP/2 200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000 OK\r\n", "ICY 200 OK\r\n"}) {
        CAPTURE(bytes);
        CHECK(response_head_parser().feed(bytes) == head_state::refused);
    }
}

TEST_CASE("a response says whether its connection ends with it")
{
    CHECK(response("HTTP/1.0 200 OK\r\n\r\n").closes);
    CHECK(response("HTTP/1.1 200 OK\r\nconnection: Close\r\n\r\n").closes);
    CHECK(response("HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\n\r\n").closes);
    CHECK_FALSE(response("HTTP/1.1 200 OK\r\n\r\n").closes);
    CHECK_FALSE(response("HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\n\r\n").closes);
}
