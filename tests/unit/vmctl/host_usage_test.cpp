// What a process and files take.
#include "vmctl/host_usage.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <fstream>

using namespace vmctl;

TEST_CASE("a disk takes what was written to it, and may grow to its length")
{
    const test_support::test_directory directory;
    const auto disk = directory.path() / "disk.img";
    test_support::write_file(disk, std::string(1 << 20, 'x'));
    std::filesystem::resize_file(disk, 64 << 20);
    const auto usage = usage_of(0, disk, {directory.path() / "none.save"});
    CHECK(usage.disk_limit == 64 << 20);
    CHECK(usage.disk >= 1 << 20);
    CHECK(usage.disk < 8 << 20);
    CHECK(usage.saved == 0);
    CHECK(usage.memory == 0);
    CHECK(usage_of(0, {}, {{}, disk, disk}).saved == 2 * usage.disk);
}

TEST_CASE("a process takes memory while it is there")
{
    CHECK(usage_of(::getpid(), {}, {}).memory > 1 << 20);
    CHECK(usage_of(0x7ffffff0, {}, {}).memory == 0);
}
