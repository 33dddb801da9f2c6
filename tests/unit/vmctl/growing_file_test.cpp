// Following a log that another program writes.
#include "vmctl/growing_file.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using test_support::test_directory;

namespace {

void append(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

}  // namespace

TEST_CASE("what is appended is read once")
{
    const test_directory directory;
    vmctl::growing_file log(directory / "log");
    append(directory / "log", "one\ntw");
    CHECK(log.read_new() == "one\ntw");
    CHECK(log.read_new().empty());
    append(directory / "log", "o\n");
    CHECK(log.read_new() == "o\n");
}

TEST_CASE("a file that is not there yet is empty")
{
    const test_directory directory;
    vmctl::growing_file log(directory / "log");
    CHECK(log.read_new().empty());
    append(directory / "log", "late\n");
    CHECK(log.read_new() == "late\n");
}

TEST_CASE("a file that is begun anew is read from its start")
{
    const test_directory directory;
    vmctl::growing_file log(directory / "log");
    append(directory / "log", "the first boot\n");
    CHECK(log.read_new() == "the first boot\n");
    std::ofstream(directory / "log", std::ios::trunc | std::ios::binary) << "second\n";
    CHECK(log.read_new() == "second\n");
}

TEST_CASE("a long file is read in several looks, and nothing is lost")
{
    const test_directory directory;
    const std::string long_text(700 * 1024, 'x');
    append(directory / "log", long_text);
    vmctl::growing_file log(directory / "log");
    std::string read;
    for (auto part = log.read_new(); !part.empty(); part = log.read_new()) read += part;
    CHECK(read.size() == long_text.size());
}
