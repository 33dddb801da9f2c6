// Links at the places where tools look, beside what others have put there.
#include "gangway/socket_link.hpp"

#include "gangway/failure.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>

using namespace gangway;
namespace fs = std::filesystem;

namespace {

struct machine {
    test_support::test_directory directory;
    fs::path target = directory / "run/gangway/docker.sock";
    fs::path place = directory / "home/.docker/run/docker.sock";
};

}  // namespace

TEST_CASE("a link is made once, with its directory, and removed again")
{
    const machine here;
    CHECK(look_at(here.place, here.target) == socket_place::nothing_there);
    link_socket(here.place, here.target);
    // The daemon need not run yet.
    CHECK(look_at(here.place, here.target) == socket_place::leads_to_us);
    CHECK(fs::read_symlink(here.place) == here.target);
    CHECK_NOTHROW(link_socket(here.place, here.target));
    CHECK(unlink_socket(here.place, here.target));
    CHECK_FALSE(unlink_socket(here.place, here.target));
    CHECK(fs::is_empty(here.place.parent_path()));
}

TEST_CASE("what an engine that was removed has left behind is replaced")
{
    const machine here;
    fs::create_directories(here.place.parent_path());
    fs::create_symlink("/nowhere/docker.sock", here.place);
    CHECK(look_at(here.place, here.target) == socket_place::leads_nowhere);
    CHECK_FALSE(unlink_socket(here.place, here.target));
    link_socket(here.place, here.target);
    CHECK(look_at(here.place, here.target) == socket_place::leads_to_us);
}

TEST_CASE("what others have there stays")
{
    const machine here;
    fs::create_directories(here.place.parent_path());
    const test_support::raw_listener others(here.directory / "others.sock");
    SECTION("a socket")
    {
        fs::rename(here.directory / "others.sock", here.place);
    }
    SECTION("a link")
    {
        fs::create_symlink(here.directory / "others.sock", here.place);
    }
    SECTION("a file")
    {
        test_support::write_file(here.place, "text");
    }
    CHECK(look_at(here.place, here.target) == socket_place::somebody_elses);
    CHECK_THROWS_WITH(
        link_socket(here.place, here.target), Catch::Contains("was not made by Gangway")
    );
    CHECK_FALSE(unlink_socket(here.place, here.target));
    CHECK(fs::exists(here.place));
}

TEST_CASE("the socket is not linked to itself")
{
    const machine here;
    fs::create_directories(here.directory / "run/gangway");
    fs::create_directory_symlink("run", here.directory / "var");
    link_socket(here.target, here.target);
    link_socket(here.directory / "var/gangway/docker.sock", here.target);
    CHECK_FALSE(fs::exists(fs::symlink_status(here.target)));
}

TEST_CASE("a link that leads to us by another spelling is ours")
{
    const machine here;
    fs::create_directories(here.place.parent_path());
    fs::create_symlink("../../../run/./gangway/docker.sock", here.place);
    CHECK(look_at(here.place, here.target) == socket_place::leads_to_us);
}

TEST_CASE("who may not write there is told the command for somebody who may")
{
    const machine here;
    const fs::path target = here.directory / "it's/docker.sock";
    // Not even root may make a file there.
    const fs::path place = "/proc/docker.sock";
    CHECK_THROWS_WITH(
        link_socket(place, target), Catch::StartsWith("/proc/docker.sock cannot be changed: ")
    );
    if (::geteuid() == 0) return;
    CHECK_THROWS_WITH(
        link_socket("/docker.sock", target),
        Catch::Contains("sudo ln -sfn '") && Catch::Contains("it'\\''s/docker.sock' '/docker.sock'")
    );
}
