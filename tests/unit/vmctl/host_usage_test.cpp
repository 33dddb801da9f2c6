// What a process and files take.
#include "vmctl/host_usage.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <cstdlib>
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

TEST_CASE("what libvirt has saved for a session of ours is below its configuration")
{
    CHECK(saved_file_of("qemu:///system", "gangway-default").empty());
    CHECK(saved_file_of("qemu+ssh://host/session", "gangway-default").empty());
    ::setenv("XDG_CONFIG_HOME", "/else", 1);
    CHECK(
        saved_file_of("qemu:///session", "gangway-default") ==
        "/else/libvirt/qemu/save/gangway-default.save"
    );
    ::setenv("XDG_CONFIG_HOME", "relative", 1);
    ::setenv("HOME", "/home/me", 1);
    CHECK(
        saved_file_of("qemu:///session", "gangway-default") ==
        "/home/me/.config/libvirt/qemu/save/gangway-default.save"
    );
    ::unsetenv("XDG_CONFIG_HOME");
}
