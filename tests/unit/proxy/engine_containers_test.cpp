// What is read of the engine's events and lists.
#include "proxy/engine_containers.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace proxy;

TEST_CASE("an event names its container, or none")
{
    const auto [line, id] = GENERATE(table<std::string, std::string>({
        {R"({"Type":"container","Action":"start","Actor":{"ID":"abc","Attributes":{}}})", "abc"},
        {R"({"Type":"container","Actor":{"ID":7}})", ""},
        {R"({"Actor":"abc"})", ""},
        {"[]", ""},
        {"{", ""},
        {"", ""},
    }));
    CAPTURE(line);
    CHECK(container_of_event(line) == id);
}

TEST_CASE("a list names its containers")
{
    CHECK(
        containers_in(R"([{"Id":"a"},{"Id":7},{},3,{"Id":"b"}])") ==
        std::vector<std::string>{"a", "b"}
    );
    CHECK(containers_in("[]").empty());
    CHECK(containers_in(R"({"message":"no"})").empty());
}
