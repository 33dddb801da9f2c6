// Suggestions for misspelt names.
#include "config/nearest.hpp"

#include <catch2/catch.hpp>

#include <string>

using config::edit_distance;
using config::nearest;

TEST_CASE("the edit distance counts insertions, removals, replacements and swaps")
{
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("memory", "memory") == 0);
    CHECK(edit_distance("memry", "memory") == 1);
    CHECK(edit_distance("memoory", "memory") == 1);
    CHECK(edit_distance("mamory", "memory") == 1);
    CHECK(edit_distance("meomry", "memory") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("Boot-Timeout", "boot_timeout") == 0);
}

TEST_CASE("the nearest name is offered, and none when all are far")
{
    const std::string_view names[] = {"memory", "disk", "cpus", "image", "docker", "vm"};
    CHECK(nearest("memori", names) == "memory");
    CHECK(nearest("dsik", names) == "disk");
    CHECK(nearest("cpu", names) == "cpus");
    CHECK(nearest("v", names) == std::nullopt);
    CHECK(nearest("", names) == std::nullopt);
    CHECK(nearest("colour", names) == std::nullopt);
    CHECK(nearest(std::string(100'000, 'm'), names) == std::nullopt);
}

TEST_CASE("an exact name wins over an earlier one that is near")
{
    const std::string_view names[] = {"disks", "disk"};
    CHECK(nearest("disk", names) == "disk");
    CHECK(nearest("dis", std::span(names)) == "disk");
}
