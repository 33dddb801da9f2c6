// What one daemon tells the next of an engine that sleeps.
#include "proxy/sleeping_engine.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace proxy;

namespace {

sleeping_engine example()
{
    const std::string bytes{"\xff\0\x80 no text", 11};
    return {
        .answers = {{"GET /info", "HTTP/1.1 200 OK\r\n\r\n" + bytes}, {"GET /b" + bytes, ""}},
        .ports =
            {{{vmctl::transport::tcp, "0.0.0.0", 80}, "web"},
             {{vmctl::transport::udp, "::1", 65535}, "names"}},
        .containers = 2,
    };
}

}  // namespace

TEST_CASE("what is encoded is decoded as it was")
{
    CHECK(decode_sleeping_engine(encode(example())) == example());
    CHECK(decode_sleeping_engine(encode({})) == sleeping_engine{});
}

TEST_CASE("what is no such encoding is none")
{
    const auto whole = encode(example());
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(decode_sleeping_engine(std::string_view(whole).substr(0, size)));
    CHECK_FALSE(decode_sleeping_engine("\x80"));
    CHECK_FALSE(decode_sleeping_engine("\x83\x01\x02\x03"));
    CHECK_FALSE(decode_sleeping_engine(R"([[],[],null])"));
}
