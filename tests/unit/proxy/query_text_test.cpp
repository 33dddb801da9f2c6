// Queries as Go and moby read them.
#include "proxy/query_text.hpp"

#include <catch2/catch.hpp>

using namespace proxy;

TEST_CASE("a query is what follows the first question mark")
{
    CHECK(query_of("/a?b=1?c").compare("b=1?c") == 0);
    CHECK(query_of("/a").empty());
    CHECK(query_of("/a?").empty());
}

TEST_CASE("the first value of a name counts, without its escapes")
{
    CHECK(query_value("a=1&b=2&a=3", "a") == "1");
    CHECK(query_value("a=1&b=2", "b") == "2");
    CHECK(query_value("a=1", "A") == std::nullopt);
    CHECK(query_value("ab=1", "a") == std::nullopt);
    CHECK(query_value("", "a") == std::nullopt);
    CHECK(query_value("&&a&", "a") == "");
    CHECK(query_value("a=", "a") == "");
    CHECK(query_value("a==b=", "a") == "=b=");
    CHECK(query_value("%61=x%20y+z", "a") == "x y z");
    CHECK(query_value("a=%4", "a") == "%4");
    CHECK(query_value("a=%zz%", "a") == "%zz%");
    CHECK(query_value("a=%f%66", "a") == "%ff");
}

TEST_CASE("a value is put in the place of all others")
{
    CHECK(with_query_value("/a", "x", "1") == "/a?x=1");
    CHECK(with_query_value("/a?", "x", "1") == "/a?x=1");
    CHECK(with_query_value("/a?x=2&b=%20&%78=3&c", "x", "1") == "/a?b=%20&c&x=1");
    CHECK(without_query_value("/a?x=2&b=1", "x") == "/a?b=1");
    CHECK(without_query_value("/a?x=2", "x") == "/a");
    CHECK(without_query_value("/a?b=x", "x") == "/a?b=x");
}

TEST_CASE("a part of a name is found wherever it is")
{
    CHECK(asked_for_in_query("all=1&shared-size=1", "size"));
    CHECK(asked_for_in_query("size=0&size=1", "size"));
    CHECK(asked_for_in_query("%73ize=%74rue", "size"));
    for (const auto* declined : {"size=0", "all=1&size=false&b=2", "size", "size=", "size=%30"})
        CHECK_FALSE(asked_for_in_query(declined, "size"));
    CHECK_FALSE(asked_for_in_query("filters=size", "size"));
    CHECK_FALSE(asked_for_in_query("", "size"));
}

TEST_CASE("truth is what moby takes for it")
{
    for (const auto* value : {"", "0", "no", "False", "NONE", " \t", " no\n"}) {
        CAPTURE(value);
        CHECK_FALSE(is_true(value));
    }
    for (const auto* value : {"1", "true", "yes", "off", "00", "n o", "f"}) {
        CAPTURE(value);
        CHECK(is_true(value));
    }
}
