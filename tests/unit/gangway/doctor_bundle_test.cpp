// What goes into a bundle, and the file that it becomes.
#include "gangway/doctor_bundle.hpp"

#include "gangway/failure.hpp"
#include "gangway/new_file.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace gangway;
using test_support::read_file;
using test_support::write_file;

TEST_CASE("of a long log the last lines are kept, and no part of one")
{
    const test_support::test_directory here;
    std::string log;
    for (int line = 0; line < 40000; ++line) log += "line " + std::to_string(line) + "\n";
    write_file(here / "serial.log", log);
    const auto kept = last_part(here / "serial.log");
    CHECK(kept.size() <= 256UL * 1024);
    CHECK(kept.size() > 255UL * 1024);
    CHECK(log.ends_with("\n" + kept));
    CHECK_THAT(kept, Catch::StartsWith("line "));
    write_file(here / "short.log", "one\ntwo");
    CHECK(last_part(here / "short.log") == "one\ntwo");
    CHECK(last_part(here / "none.log").empty());
    CHECK(last_part(here.path()).empty());
}

TEST_CASE("each member is in one directory, and without secrets")
{
    const auto members = without_secrets({{"a.txt", "A_TOKEN=x /home/me"}}, "/home/me");
    REQUIRE(members.size() == 1);
    CHECK(members[0].name == "gangway-doctor/a.txt");
    CHECK(members[0].text == "A_TOKEN=[removed] ~");
}

TEST_CASE("a new file is written through no link, and in nothing's place")
{
    const test_support::test_directory here;
    write_new_file(here / "new", "text");
    CHECK(read_file(here / "new") == "text");
    CHECK_THROWS_AS(write_new_file(here / "new", "other"), failure);
    std::filesystem::create_symlink(here / "elsewhere", here / "link");
    CHECK_THROWS_AS(write_new_file(here / "link", "other"), failure);
    CHECK_FALSE(std::filesystem::exists(here / "elsewhere"));
    CHECK(read_file(here / "new") == "text");
}
