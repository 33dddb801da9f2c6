// A data disk's life with real e2fsprogs: made, seeded, kept current, grown.
#include "vmctl/data_disk.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/disk_fixture.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace vmctl;
using namespace vmctl_test;
using test_support::test_directory;

TEST_CASE("a new disk is a whole ext4 file system with boot2docker's label and the seed")
{
    const test_directory directory;
    const auto disk = directory / "state/disk.img";
    const auto change = ensure_data_disk(disk, small_disk, small_seed());
    CHECK(change.created);
    CHECK(change.updated.empty());

    struct stat status = {};
    REQUIRE(stat(disk.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
    CHECK(static_cast<std::uint64_t>(status.st_size) == small_disk.bytes);
    CHECK_THAT(
        look(disk, "show_super_stats -h"),
        Catch::Contains("volume name:   boot2docker-data\n") &&
            Catch::Contains("Filesystem state:         clean") &&
            Catch::Contains("Block count:              16384\n")
    );
    for (const auto& file : small_seed()) CHECK(content_in(disk, file.path) == file.content);
    CHECK(check(disk) == 0);
    CHECK(names_in(directory / "state") == "disk.img ");
}

TEST_CASE("a file of the guest's gets the line that it lacks, once, and keeps the rest")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    auto seed = small_seed();
    ensure_data_disk(disk, small_disk, seed);
    const std::string profile = "var/lib/boot2docker/profile";
    const std::string other = "var/lib/boot2docker/other";
    const auto before = content_in(disk, profile);
    seed.push_back({profile, ". ours\n", 0644, seed_policy::has_line});
    seed.push_back({other, ". ours\n", 0644, seed_policy::has_line});
    CHECK(ensure_data_disk(disk, small_disk, seed).updated == std::vector{profile, other});
    CHECK(content_in(disk, profile) == before + ". ours\n");
    CHECK(content_in(disk, other) == ". ours\n");
    CHECK(ensure_data_disk(disk, small_disk, seed).updated.empty());
    CHECK(check(disk) == 0);
}

TEST_CASE("a file that gets a line keeps its mode, and one that cannot be read whole is left alone")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    const std::string profile = "var/lib/boot2docker/profile";
    auto seed = small_seed();
    ensure_data_disk(disk, small_disk, seed);
    seed.push_back({profile, ". ours\n", 0644, seed_policy::has_line});
    const auto edit = [&](const std::string& request) {
        REQUIRE(run_tool({"debugfs", {"-w", "-R", request, disk}, {}, -1}).exit_code == 0);
    };
    SECTION("its mode")
    {
        edit("set_inode_field /" + profile + " mode 0100600");
        ensure_data_disk(disk, small_disk, seed);
        CHECK(owner_and_mode_in(disk, profile) == "0600 0 0");
        CHECK_THAT(content_in(disk, profile), Catch::EndsWith(". ours\n"));
    }
    SECTION("a link")
    {
        edit("rm /" + profile);
        edit("symlink /" + profile + " elsewhere");
        CHECK_THROWS_WITH(
            ensure_data_disk(disk, small_disk, seed),
            Catch::Contains("add this line to it yourself: . ours")
        );
        CHECK_THAT(look(disk, "stat /" + profile), Catch::Contains("Type: symlink"));
    }
}

TEST_CASE("a file that a disk has not is brought to it, and stays as the guest has it")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    auto seed = small_seed();
    ensure_data_disk(disk, small_disk, seed);
    const std::string file = "var/lib/boot2docker/ssh/sshd_config";
    seed.push_back({file, "first\n", 0644, seed_policy::if_missing});
    CHECK(ensure_data_disk(disk, small_disk, seed).updated == std::vector{file});
    seed.back().content = "second\n";
    CHECK(ensure_data_disk(disk, small_disk, seed).updated.empty());
    CHECK(content_in(disk, file) == "first\n");
    // A new one has it at once.
    const auto other = directory / "other.img";
    ensure_data_disk(other, small_disk, seed);
    CHECK(content_in(other, file) == "second\n");
}

TEST_CASE("everything on a new disk belongs to root whoever makes it, keys private")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());

    struct row {
        const char* path;
        const char* expected;
    };

    for (const auto& each : {
             row{"", "0755 0 0"},
             row{"var", "0755 0 0"},
             row{"var/lib/boot2docker", "0755 0 0"},
             row{"var/lib/boot2docker/profile", "0644 0 0"},
             row{"var/lib/boot2docker/tls", "0700 0 0"},
             row{"var/lib/boot2docker/tls/server.pem", "0644 0 0"},
             row{"var/lib/boot2docker/tls/serverkey.pem", "0600 0 0"},
         }) {
        CAPTURE(each.path);
        CHECK(owner_and_mode_in(disk, each.path) == each.expected);
    }
}

TEST_CASE("a large disk takes up next to nothing")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, config::gibibytes(64), small_seed());
    struct stat status = {};
    REQUIRE(stat(disk.c_str(), &status) == 0);
    CHECK(static_cast<std::uint64_t>(status.st_size) == config::gibibytes(64).bytes);
    CHECK(status.st_blocks * 512 < 16L * 1024 * 1024);
}

TEST_CASE("the size is rounded down so that a disk never needs to grow without reason")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    const config::byte_size odd = {small_disk.bytes + 12345678};
    ensure_data_disk(disk, odd, small_seed());
    CHECK(std::filesystem::file_size(disk) == small_disk.bytes);
    CHECK(ensure_data_disk(disk, odd, small_seed()) == disk_change{});
}

TEST_CASE("a current disk is not written to")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    const auto before = read_file(disk);
    CHECK(ensure_data_disk(disk, small_disk, small_seed()) == disk_change{});
    CHECK(read_file(disk) == before);
    CHECK(names_in(directory.path()) == "disk.img ");
}

TEST_CASE("changed certificates reach an existing disk, the guest's own files stay the guest's")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    auto seed = small_seed();
    seed[0].content = "EXTRA_ARGS=--debug\n";
    seed[1].content = "certificate 2, which is longer than the first was\n";
    seed[2].content = "key 2\n";
    const auto change = ensure_data_disk(disk, small_disk, seed);
    CHECK_FALSE(change.created);
    CHECK(change.updated == std::vector<std::string>{seed[1].path, seed[2].path});
    CHECK(content_in(disk, seed[0].path) == "DOCKER_TLS=yes\n");
    CHECK(content_in(disk, seed[1].path) == seed[1].content);
    CHECK(content_in(disk, seed[2].path) == seed[2].content);
    CHECK(owner_and_mode_in(disk, seed[2].path) == "0600 0 0");
    CHECK(check(disk) == 0);
    CHECK(ensure_data_disk(disk, small_disk, seed) == disk_change{});
}

TEST_CASE("what the guest has removed, opened or replaced is put right before the next boot")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    const auto request = GENERATE(
        "rm /var/lib/boot2docker/tls/serverkey.pem",
        "sif /var/lib/boot2docker/tls/serverkey.pem mode 0100644",
        "sif /var/lib/boot2docker/tls/serverkey.pem mode 0100000"
    );
    run_tool({"debugfs", {"-w", "-R", request, disk.string()}, {}, -1});
    const auto change = ensure_data_disk(disk, small_disk, small_seed());
    CHECK(change.updated == std::vector<std::string>{"var/lib/boot2docker/tls/serverkey.pem"});
    CHECK(content_in(disk, change.updated[0]) == "key 1\n");
    CHECK(owner_and_mode_in(disk, change.updated[0]) == "0600 0 0");
}

TEST_CASE("a directory that the guest has removed comes back")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, {});
    CHECK(owner_and_mode_in(disk, "var") == "not there");
    CHECK(ensure_data_disk(disk, small_disk, small_seed()).updated.size() == 2);
    CHECK(content_in(disk, "var/lib/boot2docker/tls/serverkey.pem") == "key 1\n");
    CHECK(owner_and_mode_in(disk, "var/lib/boot2docker/tls") == "0700 0 0");
    CHECK(check(disk) == 0);
}

TEST_CASE("a disk grows to the configured size and keeps what it holds")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    write_file(directory / "image", std::string(1000000, 'x'), 0644);
    run_tool({"debugfs", {"-w", "-R", "write image image", disk.string()}, directory.path(), -1});

    const auto change = ensure_data_disk(disk, config::mebibytes(192), small_seed());
    CHECK(change.grown);
    CHECK_FALSE(change.created);
    CHECK(std::filesystem::file_size(disk) == config::mebibytes(192).bytes);
    CHECK_THAT(
        look(disk, "show_super_stats -h"), Catch::Contains("Block count:              49152\n")
    );
    CHECK(content_in(disk, "image") == std::string(1000000, 'x'));
    CHECK(check(disk) == 0);
    CHECK_FALSE(ensure_data_disk(disk, config::mebibytes(192), small_seed()).grown);
}

TEST_CASE("growing goes on where a crash between the file and its file system stopped it")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    std::filesystem::resize_file(disk, config::mebibytes(128).bytes);
    CHECK(ensure_data_disk(disk, config::mebibytes(128), small_seed()).grown);
    CHECK_THAT(
        look(disk, "show_super_stats -h"), Catch::Contains("Block count:              32768\n")
    );
}

TEST_CASE("the journal of a guest that lost its power is replayed before anything is written")
{
    const test_directory directory;
    const auto disk = directory / "disk.img";
    ensure_data_disk(disk, small_disk, small_seed());
    // A transaction that is in the journal alone: it turns a block of the file into something else.
    auto block = look(disk, "blocks /var/lib/boot2docker/profile");
    block = block.substr(0, block.find_first_not_of("0123456789"));
    auto replayed = std::string("DOCKER_TLS=no \n");
    replayed.resize(4096);
    write_file(directory / "block", replayed, 0600);
    write_file(directory / "commands", "jo\njw -b " + block + " block\njc\n", 0600);
    run_tool({"debugfs", {"-w", "-f", "commands", disk.string()}, directory.path(), -1});
    REQUIRE_THAT(look(disk, "features"), Catch::Contains("needs_recovery"));
    REQUIRE(content_in(disk, "var/lib/boot2docker/profile") == "DOCKER_TLS=yes\n");

    ensure_data_disk(disk, small_disk, small_seed());
    CHECK_THAT(look(disk, "features"), !Catch::Contains("needs_recovery"));
    CHECK(content_in(disk, "var/lib/boot2docker/profile") == "DOCKER_TLS=no \n");
    CHECK(check(disk) == 0);
}

TEST_CASE("a path with spaces and quotes is as good as any")
{
    const test_directory directory;
    const auto disk = directory / "it's a \"state\"/disk.img";
    CHECK(ensure_data_disk(disk, small_disk, small_seed()).created);
    auto seed = small_seed();
    seed[1].content = "certificate 2\n";
    CHECK(ensure_data_disk(disk, config::mebibytes(128), seed).updated.size() == 1);
    CHECK(content_in(disk, seed[1].path) == "certificate 2\n");
}
