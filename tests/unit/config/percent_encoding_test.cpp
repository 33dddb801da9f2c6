// Text as a part of a URL.
#include "config/percent_encoding.hpp"

#include <catch2/catch.hpp>

TEST_CASE("only what means nothing in a URL stays as it is")
{
    CHECK(config::percent_encoded("/a-Z_0.9~") == "/a-Z_0.9~");
    CHECK(
        config::percent_encoded(R"({"a": [b&c=d+e%]})") ==
        "%7B%22a%22%3A%20%5Bb%26c%3Dd%2Be%25%5D%7D"
    );
    CHECK(config::percent_encoded("\xc3\xa9\n") == "%C3%A9%0A");
    CHECK(config::percent_encoded("").empty());
}
