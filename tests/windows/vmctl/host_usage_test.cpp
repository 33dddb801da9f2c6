// What a file and a process take of Windows.
#include "vmctl/host_usage.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <windows.h>

using namespace vmctl;

TEST_CASE("a disk may grow to its length, and a file that is not there takes nothing")
{
    const test_support::test_directory directory;
    const auto disk = directory / "disk.img";
    test_support::write_file(disk, std::string(std::size_t{1} << 20U, 'x'));
    const auto usage = usage_of(0, disk, {directory / "none.save"});
    CHECK(usage.disk_limit == std::uint64_t{1} << 20U);
    CHECK(usage.disk >= usage.disk_limit);
    CHECK(usage.saved == 0);
    CHECK(usage.memory == 0);
}

TEST_CASE("a process takes memory while it is there")
{
    const auto ours = static_cast<int>(::GetCurrentProcessId());
    CHECK(usage_of(ours, {}, {}).memory > std::uint64_t{1} << 20U);
    CHECK(usage_of(0x7ffffff0, {}, {}).memory == 0);
}
