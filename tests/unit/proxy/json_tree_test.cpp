// Where values stand in a JSON text, as Go's encoding/json would read it.
#include "proxy/json_tree.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace proxy;

namespace {

std::string slice(std::string_view text, const json_node& node)
{
    return std::string(text.substr(node.begin, node.end - node.begin));
}

}  // namespace

TEST_CASE("a value is found with its place, whatever stands around it")
{
    const std::string text =
        "\n { \"a\" : [1, -2.5e3 ,null], \"b\":{\"c\":\"x\"} , \"n\":12345678901234567890123 }tail";
    const auto root = parse_json(text);
    REQUIRE(root);
    REQUIRE(root->members.size() == 3);
    CHECK(slice(text, *root).ends_with("}"));
    const auto& list = root->members[0].value;
    REQUIRE(list.elements.size() == 3);
    CHECK(slice(text, list) == "[1, -2.5e3 ,null]");
    CHECK(slice(text, list.elements[1]) == "-2.5e3");
    CHECK(slice(text, list.elements[2]) == "null");
    const auto& inner = root->members[1].value.members[0];
    CHECK(inner.key == "c");
    CHECK(inner.value.text == "x");
    CHECK(slice(text, inner.value) == "\"x\"");
    CHECK(slice(text, root->members[2].value) == "12345678901234567890123");
}

TEST_CASE("escapes are read as Go reads them")
{
    const auto [written, meant] = GENERATE(table<std::string, std::string>({
        {R"("\/a\\b\"c")", "/a\\b\"c"},
        {R"("\b\f\n\r\t")", "\b\f\n\r\t"},
        {R"("\u002fhome\u002Fx")", "/home/x"},
        {R"("\u00e9\u20ac")", "\xC3\xA9\xE2\x82\xAC"},
        {R"("\ud83d\ude00")", "\xF0\x9F\x98\x80"},
        {R"("\ud83dx")", "\xEF\xBF\xBDx"},
        {R"("\ud83d\u0041")", "\xEF\xBF\xBD\x41"},
        {R"("\ude00")", "\xEF\xBF\xBD"},
        {"\"\xC3\xA9\"", "\xC3\xA9"},
        {"\"/\x96"
         "a\"",
         "/\xEF\xBF\xBD"
         "a"},
    }));
    CAPTURE(written);
    const auto value = parse_json(written);
    REQUIRE(value);
    CHECK(value->type == json_node::kind::string);
    CHECK(value->text == meant);
}

TEST_CASE("what Go would not read is not read")
{
    const std::string text = GENERATE(
        as<std::string>(),
        "",
        " ",
        "{",
        "[1,",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "[1 2]",
        "\"open",
        "\"bad \\x\"",
        "\"bad \\u12g4\"",
        "\"a\nb\"",
        "{\"a\":1,}",
        "]",
        ",",
        std::string(1000, '[')
    );
    CAPTURE(text);
    CHECK_FALSE(parse_json(text));
}

TEST_CASE("a field has the names that Go gives it")
{
    const auto root = parse_json(
        "{\"HostConfig\":1,\"hostconfig\":2,\"Ho\xC5\xBFtConfig\":3,\"HostConfig2\":4,"
        "\"Host\\u0043onfig\":5}"
    );
    REQUIRE(root);
    CHECK(members_named(*root, "HostConfig").size() == 4);
    const auto kelvin = parse_json("{\"networ\xE2\x84\xAAmode\":1}");
    REQUIRE(kelvin);
    CHECK(members_named(*kelvin, "NetworkMode").size() == 1);
    const auto no_object = parse_json("[1]");
    REQUIRE(no_object);
    CHECK(members_named(*no_object, "x").empty());
}

TEST_CASE("edits replace what they name and leave every other byte")
{
    CHECK(apply_edits("0123456789", {{7, 8, "seven"}, {1, 3, ""}}) == "03456seven89");
    CHECK(apply_edits("abc", {}) == "abc");
    CHECK(json_quoted("/a \"b\"\n") == "\"/a \\\"b\\\"\\n\"");
}
