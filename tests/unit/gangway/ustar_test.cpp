// Archives, as the tar program reads them.
#include "gangway/ustar.hpp"

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

using test_support::run_checked;

TEST_CASE("tar unpacks what was packed")
{
    const test_support::test_directory here;
    const std::string even(1024, 'e');
    const std::chrono::sys_seconds when = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2);
    test_support::write_file(
        here / "a.tar", gangway::ustar({{"d/one", "1\n"}, {"d/empty", ""}, {"d/even", even}}, when)
    );
    const auto archive = (here / "a.tar").string();
    const auto list = run_checked(
        {.arguments = {"tar", "--utc", "--numeric-owner", "-tvf", archive},
         .environment = {{"LC_ALL", "C"}}}
    );
    CHECK_THAT(list, Catch::Contains("-rw------- 0/0"));
    CHECK_THAT(list, Catch::Contains("2026-01-02 00:00 d/one\n"));
    run_checked({.arguments = {"tar", "-C", here.path().string(), "-xf", archive}});
    CHECK(test_support::read_file(here / "d/one") == "1\n");
    CHECK(test_support::read_file(here / "d/empty").empty());
    CHECK(test_support::read_file(here / "d/even") == even);
}

TEST_CASE("an archive of nothing is one")
{
    CHECK(gangway::ustar({}, {}) == std::string(1024, '\0'));
}
