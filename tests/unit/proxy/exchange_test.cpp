// Both directions of a connection cut into pieces.
#include "proxy/exchange.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace proxy;

namespace proxy {

std::ostream& operator<<(std::ostream& out, const piece& value)
{
    static constexpr const char* names[] = {"more", "head", "body", "raw"};
    return out << names[static_cast<int>(value.kind)] << ' ' << value.size
               << (value.ends_message ? " end" : "");
}

}  // namespace proxy

namespace {

template <class Reader>
std::vector<piece> pieces(Reader& reader, std::string_view bytes)
{
    std::vector<piece> found;
    for (;;) {
        const auto next = reader.next(bytes);
        if (next.kind == piece_kind::more) return found;
        found.push_back(next);
        bytes.remove_prefix(next.size);
    }
}

constexpr piece head(std::size_t size, bool ends)
{
    return {piece_kind::head, size, ends};
}

constexpr piece body(std::size_t size, bool ends)
{
    return {piece_kind::body, size, ends};
}

constexpr piece raw(std::size_t size)
{
    return {piece_kind::raw, size, false};
}

using list = std::vector<piece>;

const std::string ping = "GET /_ping HTTP/1.1\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

}  // namespace

TEST_CASE("pipelined requests are each told")
{
    request_reader requests;
    const std::string post = "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n";
    CHECK(
        pieces(requests, ping + post + "abc" + ping) ==
        list{head(23, true), head(39, false), body(3, true), head(23, true)}
    );
    CHECK(requests.head().target == "/_ping");
}

TEST_CASE("what is no HTTP is raw for good")
{
    request_reader requests;
    CHECK(pieces(requests, "\x16\x03\x01 hello\r\n" + ping) == list{raw(34)});
    CHECK(pieces(requests, ping) == list{raw(23)});
}

TEST_CASE("a broken chunked body makes the rest raw")
{
    request_reader requests;
    CHECK(
        pieces(requests, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz") ==
        list{head(47, false), raw(3)}
    );
}

TEST_CASE("responses answer requests in order, interim ones aside")
{
    response_reader responses;
    responses.expect({});
    responses.expect({true, false});
    responses.expect({});
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK(pieces(responses, interim) == list{head(25, false)});
    CHECK(responses.role() == response_role::interim);
    CHECK(pieces(responses, ok + "OK") == list{head(38, false), body(2, true)});
    CHECK(pieces(responses, ok) == list{head(38, true)});  // to HEAD
    CHECK(pieces(responses, "HTTP/1.1 204 No Content\r\n\r\n") == list{head(27, true)});
    CHECK(pieces(responses, ok) == list{raw(38)});  // nobody asked
}

TEST_CASE("304 has no body whatever its fields say")
{
    response_reader responses;
    responses.expect({});
    CHECK(
        pieces(responses, "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n") ==
        list{head(48, true)}
    );
}

TEST_CASE("101 turns the connection into a raw stream, and so does an unframed answer to an attach")
{
    response_reader responses;
    SECTION("101")
    {
        responses.expect({});
        CHECK(
            pieces(
                responses,
                "HTTP/1.1 101 UPGRADED\r\n\r\n\x01"
                "abc"
            ) == list{head(25, false), raw(4)}
        );
        CHECK(responses.role() == response_role::hijacked);
    }
    SECTION("200 without framing")
    {
        responses.expect({false, true});
        CHECK(pieces(responses, "HTTP/1.1 200 OK\r\n\r\nabc") == list{head(19, false), raw(3)});
        CHECK(responses.role() == response_role::hijacked);
    }
    SECTION("a framed refusal of an attach is an ordinary response")
    {
        responses.expect({false, true});
        CHECK(pieces(responses, ok + "no") == list{head(38, false), body(2, true)});
        CHECK(responses.role() == response_role::final);
        CHECK(responses.answers_hijack());
    }
    SECTION("200 without framing to anything else lasts until the connection ends")
    {
        responses.expect({});
        CHECK(
            pieces(responses, "HTTP/1.1 200 OK\r\n\r\nabc") == list{head(19, false), body(3, false)}
        );
        CHECK(responses.role() == response_role::final);
    }
}
