// A held request with another body.
#include "proxy/whole_message.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace proxy;

TEST_CASE("a body is taken out of its framing")
{
    CHECK(unframed_body({body_kind::length, 5}, "hello") == "hello");
    CHECK(unframed_body({body_kind::none, 0}, "").empty());
    CHECK(
        unframed_body({body_kind::chunked, 0}, "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: 1\r\n\r\n") ==
        "hello"
    );
    CHECK(unframed_body({body_kind::chunked, 0}, "A\n0123456789\n0\n\n") == "0123456789");
    CHECK(unframed_body({body_kind::chunked, 0}, "0\r\n\r\n").empty());
}

TEST_CASE("a request with another body has its length and nothing else changed")
{
    const std::string head =
        "POST /containers/create HTTP/1.1\r\nHost: d\r\ncontent-LENGTH:  5 \r\nX: 5\r\n\r\n";
    CHECK(
        message_with_body({body_kind::length, 5}, head, "hello, world") ==
        "POST /containers/create HTTP/1.1\r\nHost: d\r\ncontent-LENGTH:  12 \r\nX: 5\r\n\r\n"
        "hello, world"
    );
}

TEST_CASE("a chunked request comes in one chunk")
{
    const std::string head = "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    const body_framing chunked{body_kind::chunked, 0};
    CHECK(
        message_with_body(chunked, head, "0123456789abcdef") ==
        head + "10\r\n0123456789abcdef\r\n0\r\n\r\n"
    );
    CHECK(message_with_body(chunked, head, "") == head + "0\r\n\r\n");
}

TEST_CASE("an expectation that was met is not asked of the engine again")
{
    CHECK(
        without_expectation("POST /x HTTP/1.1\r\nexpect: 100-continue\r\nX-Expect: 1\r\n\r\n") ==
        "POST /x HTTP/1.1\r\nX-Expect: 1\r\n\r\n"
    );
}

TEST_CASE("a request is asked of another target")
{
    const std::string fields = " HTTP/1.1\r\nHost: a b\r\n\r\n";
    CHECK(with_target("GET /a?b=1" + fields, "/c") == "GET /c" + fields);
    CHECK(with_target("GET  /a" + fields, "/c") == "GET /c /a" + fields);
    CHECK(chunk_of("0123456789abcdef") == "10\r\n0123456789abcdef\r\n");
}
