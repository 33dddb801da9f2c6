// Where the guest can have a share, and what lies in one.
#include "config/share.hpp"

#include <catch2/catch.hpp>

using namespace config;

TEST_CASE("a path is normal without what does not change where it leads")
{
    CHECK(normal("/a//b/./c/") == "/a/b/c");
    CHECK(normal("/a/../b") == "/b");
    CHECK(normal("//a") == "/a");
    CHECK(normal("/") == "/");
    CHECK(normal("//") == "/");
    CHECK(normal("/../a") == "/a");
}

TEST_CASE("a path lies within a directory when its names begin with the directory's")
{
    CHECK(is_within("/a", "/a"));
    CHECK(is_within("/a/b", "/a"));
    CHECK_FALSE(is_within("/ab", "/a"));
    CHECK_FALSE(is_within("/", "/a"));
    CHECK(is_within("/a", "/"));
}

TEST_CASE("what means the engine's machine, whoever names it, cannot be a share")
{
    for (const char* const path :
         {"/var/lib/docker/volumes", "/run/user/1000", "/dev", "/var/log", "/usr/lib/modules"}) {
        CAPTURE(path);
        CHECK(obstacle_to_sharing(path).has_value());
    }
    CHECK_THAT(obstacle_to_sharing("/dev/shm").value(), Catch::Contains(" /dev "));
}

TEST_CASE("what would hide the guest's own system is shared elsewhere")
{
    for (const std::string path :
         {"/usr", "/usr/local", "/etc/x", "/var", "/var/lib", "/mnt", "/mnt/vda", "/lib64"}) {
        CAPTURE(path);
        CHECK_FALSE(obstacle_to_sharing(path).has_value());
        CHECK(placed_in_guest({path}).in_guest() == "/run/gangway/host" + path);
    }
    CHECK(placed_in_guest({"/"}).in_guest() == "/run/gangway/host");
}

TEST_CASE("what people share can be a share")
{
    for (const char* const path :
         {"/home",
          "/home/alice",
          "/home/docker",
          "/root",
          "/tmp",
          "/var/folders",
          "/var/tmp",
          "/srv",
          "/opt/x",
          "/mnt/data",
          "/Users/alice",
          "/private/tmp",
          "/var/www",
          "/library"}) {
        CAPTURE(path);
        CHECK_FALSE(obstacle_to_sharing(path).has_value());
        CHECK(placed_in_guest({path}).in_guest() == path);
    }
}

TEST_CASE("a share is written as it is configured")
{
    CHECK(to_string(share{"/a b", true}) == "/a b");
    CHECK(to_string(share{"/a", false}) == "/a:ro");
}
