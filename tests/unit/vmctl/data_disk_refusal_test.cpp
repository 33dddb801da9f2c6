// What goes wrong with a data disk: a clear sentence each, nothing overwritten, nothing half-made.
#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/disk_fixture.hpp"
#include "tests/unit/vmctl/forked.hpp"
#include "vmctl/data_disk.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/ext4.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

using namespace vmctl;
using namespace vmctl_test;
using test_support::test_directory;

namespace {

// Refused with a sentence that holds `said`, the file unchanged and alone.
void check_refused(const std::filesystem::path& disk, const std::string& said)
{
    const auto before = read_file(disk);
    const auto names = names_in(disk.parent_path());
    CHECK_THROWS_WITH(
        ensure_data_disk(disk, small_disk, small_seed()),
        Catch::Contains(said) && Catch::Contains(disk.string())
    );
    CHECK(read_file(disk) == before);
    CHECK(names_in(disk.parent_path()) == names);
}

}  // namespace

TEST_CASE("a file that is no data disk is refused and left alone")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    SECTION("empty")
    {
        write_file(disk, "", 0600);
    }
    SECTION("text")
    {
        write_file(disk, "my diary", 0600);
    }
    SECTION("zeroes")
    {
        write_file(disk, std::string(1 << 20, '\0'), 0600);
    }
    SECTION("another label")
    {
        write_file(disk, std::string(16 << 20, '\0'), 0600);
        REQUIRE(
            run_tool({"mke2fs", {"-q", "-F", "-t", "ext4", "-L", "photos", disk.string()}, {}, -1})
                .exit_code == 0
        );
    }
    SECTION("ext2 with the right label")
    {
        write_file(disk, std::string(16 << 20, '\0'), 0600);
        REQUIRE(
            run_tool({"mke2fs",
                      {"-q", "-F", "-t", "ext2", "-L", "boot2docker-data", disk.string()},
                      {},
                      -1})
                .exit_code == 0
        );
    }
    check_refused(disk, "exists but is not a data disk");
}

TEST_CASE("something else under the disk's name is refused")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    SECTION("a directory")
    {
        std::filesystem::create_directory(disk);
    }
    SECTION("a link to nowhere")
    {
        std::filesystem::create_symlink("nowhere", disk);
    }
    CHECK_THROWS_WITH(
        ensure_data_disk(disk, small_disk, small_seed()),
        Catch::Contains("cannot use the data disk")
    );
    CHECK(names_in(directory.path()) == "disk.img ");
}

TEST_CASE("a disk never shrinks")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, config::mebibytes(128), small_seed());
    check_refused(disk, "has 128MiB and cannot shrink to 64MiB: set vm.disk to \"128MiB\" or more");
}

TEST_CASE("a disk that was cut off is refused rather than mended at the guest's cost")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    std::filesystem::resize_file(disk, config::mebibytes(32).bytes);
    check_refused(disk, "is cut off: its file system needs 64MiB and the file has 32MiB");
}

TEST_CASE("a damaged file system is refused with the command that repairs it")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    // Unclean and with a nonsensical root directory: more than e2fsck repairs without asking.
    write_file(directory / "commands", "dirty\nsif / mode 0100644\n", 0600);
    run_tool({"debugfs", {"-w", "-f", "commands", disk.string()}, directory.path(), -1});
    std::filesystem::remove(directory / "commands");
    CHECK_THROWS_WITH(
        ensure_data_disk(disk, small_disk, small_seed()),
        Catch::Contains("is damaged") && Catch::Contains("e2fsck -f " + disk.string())
    );
    CHECK(names_in(directory.path()) == "disk.img ");
}

TEST_CASE("a disk that a virtual machine has open is not touched")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    {
        const unique_descriptor machine(open(disk.c_str(), O_RDWR | O_CLOEXEC));
        struct flock shared = {};
        shared.l_type = F_RDLCK;
        shared.l_whence = SEEK_SET;
        shared.l_start = 101;
        shared.l_len = 1;
        REQUIRE(fcntl(machine.get(), F_OFD_SETLK, &shared) == 0);
        check_refused(disk, "is in use by another virtual machine");
    }
    CHECK(ensure_data_disk(disk, small_disk, small_seed()) == disk_change{});
}

TEST_CASE("a disk too small for a file system is refused before anything is made")
{
    const test_directory directory;
    CHECK_THROWS_WITH(
        ensure_data_disk(directory / "state/disk.img", config::mebibytes(63), small_seed()),
        "vm.disk is 63MiB: a data disk needs at least 64MiB"
    );
    CHECK(names_in(directory.path()).empty());
}

TEST_CASE("a host file system that fills up while the disk is made leaves nothing behind")
{
    const test_directory directory;
    const auto said = in_child([&] {
        if (!mount_small_file_system(directory.path().string(), 512UL * 1024))
            return std::string("not allowed");
        std::string text = "made";
        try {
            ensure_data_disk(directory / "state/disk.img", config::gibibytes(4), small_seed());
        } catch (const storage_error& error) {
            text = error.what();
        }
        return text + "|" + names_in(directory / "state");
    });
    if (said == "not allowed") {
        WARN("this machine allows no mount namespace: the size limit's test stands in");
        return;
    }
    CHECK_THAT(
        said,
        Catch::StartsWith("cannot make the data disk") && Catch::Contains("disk.img: mke2fs: ") &&
            Catch::Contains("No space left on device") && Catch::EndsWith("|")
    );
}

TEST_CASE("a host that allows no file of that size leaves nothing behind")
{
    const test_directory directory;
    const auto said = in_child([&] {
        const rlimit limit = {1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        std::signal(SIGXFSZ, SIG_IGN);
        ensure_data_disk(directory / "disk.img", small_disk, small_seed());
        return std::string("made");
    });
    CHECK_THAT(said, Catch::Contains("disk.img") && Catch::EndsWith("64MiB: File too large"));
    CHECK(names_in(directory.path()).empty());
}

TEST_CASE("a state directory that cannot be written is a clear error")
{
    const test_directory directory;
    const auto said = in_child([&] {
        drop_root();
        std::error_code ignored;
        std::filesystem::permissions(directory.path(), std::filesystem::perms(0500), ignored);
        ensure_data_disk(directory / "state/disk.img", small_disk, small_seed());
        return std::string("made");
    });
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0700));
    CHECK_THAT(
        said,
        Catch::StartsWith("cannot ") && Catch::Contains((directory / "state").string()) &&
            Catch::EndsWith("Permission denied")
    );
    CHECK(names_in(directory.path()).empty());
}

TEST_CASE("a daemon killed while it made the disk starts afresh the next time")
{
    const test_directory directory;
    const auto state = directory / "state";
    const auto disk = state / "disk.img";
    std::filesystem::create_directory(directory / "bin");
    // Writes some of the disk, then takes the daemon down.
    write_file(
        directory / "bin/mke2fs",
        "#!/bin/sh\nfor file; do :; done\necho half > \"$file\"\nkill -9 $PPID\n",
        0755
    );
    const auto said = in_child([&] {
        const auto path = (directory / "bin").string() + ":" + std::getenv("PATH");
        setenv("PATH", path.c_str(), 1);
        ensure_data_disk(disk, small_disk, small_seed());
        return std::string("made");
    });
    CHECK(said == "ended by signal 9");
    CHECK(names_in(state) == "disk.img.partial seed.partial ");

    CHECK(ensure_data_disk(disk, small_disk, small_seed()).created);
    CHECK(names_in(state) == "disk.img ");
    CHECK(check(disk) == 0);
}

TEST_CASE("a full data disk does not lose the files that were to be replaced silently")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    write_file(directory / "big", std::string(60 << 20, 'x'), 0600);
    write_file(directory / "commands", "write big a\nwrite big b\n", 0600);
    run_tool({"debugfs", {"-w", "-f", "commands", disk.string()}, directory.path(), -1});
    auto seed = small_seed();
    seed[1].content = std::string(100000, 'c');
    CHECK_THROWS_WITH(
        ensure_data_disk(disk, small_disk, seed), Catch::Contains("is its file system full?")
    );
    // Room again: the next start brings everything up to date.
    run_tool({"debugfs", {"-w", "-R", "rm /a", disk.string()}, {}, -1});
    run_tool({"e2fsck", {"-f", "-p", disk.string()}, {}, -1});
    CHECK(ensure_data_disk(disk, small_disk, seed).updated.size() == 1);
    CHECK(content_in(disk, seed[1].path) == seed[1].content);
}

TEST_CASE("a superblock is read as the kernel documents it")
{
    std::array<unsigned char, superblock_size> block = {};
    CHECK_FALSE(parse_superblock(block));
    block[0x38] = 0x53;
    block[0x39] = 0xEF;
    block[0x60] = 0x40;  // extents
    block[0x18] = 2;     // blocks of 4 KiB
    block[0x06] = 1;     // 65536 of them
    block[0x150] = 1;    // and 2^32 more, when the 64bit feature says so
    std::memcpy(&block[0x78], "photos", 6);
    CHECK(parse_superblock(block) == ext4_superblock{"photos", 65536ULL * 4096});
    block[0x60] |= 0x80;
    CHECK(parse_superblock(block)->bytes == (65536ULL + (1ULL << 32)) * 4096);
    std::memcpy(&block[0x78], "boot2docker-data", 16);
    CHECK(parse_superblock(block)->label == "boot2docker-data");
    block[0x18] = 200;
    CHECK_FALSE(parse_superblock(block));
    block[0x18] = 2;
    block[0x60] = 0;
    CHECK_FALSE(parse_superblock(block));
}
