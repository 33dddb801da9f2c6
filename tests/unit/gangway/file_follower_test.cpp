// A log that grows, is truncated, is replaced, or is not there yet.
#include "gangway/file_follower.hpp"

#include "gangway/failure.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using gangway::file_follower;
using test_support::test_directory;
using test_support::write_file;

namespace {

void append(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream(file, std::ios::app) << text;
}

}  // namespace

TEST_CASE("a log is read from its start and then as it grows")
{
    const test_directory directory;
    write_file(directory / "log", "one\n");
    file_follower log(directory / "log");
    CHECK(log.read_more() == "one\n");
    CHECK(log.read_more().empty());
    append(directory / "log", "two\nthr");
    CHECK(log.read_more() == "two\nthr");
    append(directory / "log", "ee\n");
    CHECK(log.read_more() == "ee\n");
}

TEST_CASE("a large log comes in portions, whole")
{
    const test_directory directory;
    const auto text = test_support::patterned_bytes(200000);
    write_file(directory / "log", text);
    file_follower log(directory / "log");
    std::string got;
    for (auto bytes = log.read_more(); !bytes.empty(); bytes = log.read_more()) {
        CHECK(bytes.size() <= 65536);
        got += bytes;
    }
    CHECK(got == text);
}

TEST_CASE("a log that is truncated by a new start is read from its start again")
{
    const test_directory directory;
    write_file(directory / "log", "the first start, with much to say\n");
    file_follower log(directory / "log");
    log.read_more();
    write_file(directory / "log", "the second\n");
    CHECK(log.read_more() == "the second\n");
    CHECK(log.read_more().empty());
}

TEST_CASE("a log that is rotated is read to its end before its successor")
{
    const test_directory directory;
    write_file(directory / "log", "one\n");
    file_follower log(directory / "log");
    log.read_more();
    append(directory / "log", "last of the old\n");
    std::filesystem::rename(directory / "log", directory / "log.0");
    write_file(directory / "log", "first of the new\n");
    CHECK(log.read_more() == "last of the old\n");
    CHECK(log.read_more() == "first of the new\n");
    CHECK(log.read_more().empty());
}

TEST_CASE("a log that goes away and comes back is followed")
{
    const test_directory directory;
    write_file(directory / "log", "one\n");
    file_follower log(directory / "log");
    log.read_more();
    std::filesystem::remove(directory / "log");
    CHECK(log.read_more().empty());
    write_file(directory / "log", "two\n");
    CHECK(log.read_more() == "two\n");
}

TEST_CASE("a log that does not exist yet has nothing yet")
{
    const test_directory directory;
    file_follower log(directory / "later/log");
    CHECK(log.read_more().empty());
    CHECK_FALSE(log.found());
    write_file(directory / "later/log", "now\n");
    CHECK(log.read_more() == "now\n");
    CHECK(log.found());
}

TEST_CASE("a log that cannot be read is a failure that names it")
{
    const test_directory directory;
    file_follower log(directory.path());  // a directory
    CHECK_THROWS_WITH(log.read_more(), Catch::Contains(directory.path().string()));
}
