// What is read of the engine's events and lists.
#include "proxy/engine_containers.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace proxy;

TEST_CASE("an event has a container or a service as its subject, or none that matters")
{
    using enum engine_event::subject;
    const auto [line, expected] = GENERATE(table<std::string, engine_event>({
        {R"({"Type":"container","Action":"start","Actor":{"ID":"abc"}})", {container, "abc"}},
        {R"({"Type":"container","Action":"die","Actor":{"ID":"abc"}})", {container, "abc"}},
        {R"({"Type":"container","Action":"create","Actor":{"ID":"abc"}})", {}},
        {R"({"Type":"container","Action":"start","Actor":{"ID":7}})", {}},
        {R"({"Type":"service","Action":"update","Actor":{"ID":"s"}})", {service, "s"}},
        {R"({"Type":"network","Action":"remove","Actor":{"ID":"n"}})", {}},
        {R"({"Actor":"abc"})", {}},
        {"[]", {}},
        {"{", {}},
        {"", {}},
    }));
    CAPTURE(line);
    CHECK(parse_event(line) == expected);
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
