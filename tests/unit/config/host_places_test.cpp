// What is where on a kind of host.
#include "config/host_places.hpp"

#include "config/defaults.hpp"

#include <catch2/catch.hpp>

using namespace config;

namespace {

environment mac()
{
    environment where;
    where.home = "/Users/me";
    where.places = places_of_macos("/var/folders/zz/zyx/T/");
    return where;
}

}  // namespace

TEST_CASE("a path of macOS has a usual name")
{
    const auto aliases = places_of_macos({}).aliases;
    CHECK(usual_name("/private/tmp", aliases) == "/tmp");
    CHECK(usual_name("/private/var/run/docker.sock", aliases) == "/var/run/docker.sock");
    CHECK(usual_name("/private/etc/hosts", aliases) == "/etc/hosts");
    for (const std::string other : {"/private", "/private/x", "/private/tmpx", "/tmp/private", "/"})
        CHECK(usual_name(other, aliases) == other);
    CHECK(usual_name("/private/tmp", {}) == "/private/tmp");
}

TEST_CASE("what is shared by default on macOS is the home directory and what is temporary")
{
    const std::vector<share> usual = {{"/Users/me"}, {"/tmp"}, {"/var/folders/zz/zyx/T"}};
    CHECK(defaults(mac(), "default").shares == usual);
    auto system = mac();
    system.system_service = true;
    const std::vector<share> everybodys = {{"/Users"}, {"/tmp"}, {"/var/folders/zz/zyx/T"}};
    CHECK(defaults(system, "default").shares == everybodys);
}

TEST_CASE("a directory of its own that is not known is left out")
{
    CHECK(places_of_macos({}).temporary == std::vector<std::filesystem::path>{"/tmp"});
}

TEST_CASE("sockets of macOS are with the state, and the system's where it can write")
{
    const auto values = defaults(mac(), "default");
    CHECK(
        to_string(values.docker.listen.front()) ==
        "unix:///Users/me/.local/state/gangway/default/run/docker.sock"
    );
    auto system = mac();
    system.system_service = true;
    CHECK(
        to_string(defaults(system, "default").docker.listen.front()) ==
        "unix:///var/run/gangway/docker.sock"
    );
}
