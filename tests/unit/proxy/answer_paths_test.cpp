// Paths in answers: each that is known by another name, and no other byte.
#include "proxy/answer_paths.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace proxy;

namespace {

std::string back(const std::string& told)
{
    return told.starts_with("/there/") ? told.substr(6) : told;
}

}  // namespace

TEST_CASE("a path is restored wherever it stands, and nothing else is touched")
{
    const std::string told =
        R"([{"Id":"a" ,"Mounts":[{"Source":"/there/etc\u002fx","Destination":"/there"}],)"
        R"("HostConfig":{"Binds":["/there/a b:/w:ro","v:/there/x"],"Memory":9223372036854775808,)"
        R"("Odd":1e400,"/there/key":null}}, 7 ])"
        "\n";
    const std::string known =
        R"([{"Id":"a" ,"Mounts":[{"Source":"/etc/x","Destination":"/there"}],)"
        R"("HostConfig":{"Binds":["/a b:/w:ro","v:/there/x"],"Memory":9223372036854775808,)"
        R"("Odd":1e400,"/there/key":null}}, 7 ])"
        "\n";
    CHECK(restore_paths(told, back) == known);
    CHECK_FALSE(restore_paths(known, back));
}

TEST_CASE("what is no JSON stays as it is")
{
    const std::string body = GENERATE(as<std::string>(), "", "{", "/there/x", "[\"/there/x\"");
    CHECK_FALSE(restore_paths(body, back));
}
