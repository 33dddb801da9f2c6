// Replacement as a whole, what is left of a crash, lengths, locks: on Windows.
#include "vmctl/private_file.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

using namespace vmctl;
using test_support::test_directory;
namespace fs = std::filesystem;

TEST_CASE("a file is replaced as a whole, with the bytes that were given")
{
    const test_directory directory;
    const auto file = directory / "key";
    write_file(file, "old", 0600);
    write_file(file, "new\r\n\x1a, and more", 0600);
    CHECK(read_file(file) == "new\r\n\x1a, and more");
    CHECK_FALSE(fs::exists(partial_name(file)));
}

TEST_CASE("a leftover of a crash is replaced")
{
    const test_directory directory;
    test_support::write_file(directory / "key.partial", "half of it, and longer");
    write_file(directory / "key", "secret", 0600);
    CHECK(read_file(directory / "key") == "secret");
    CHECK_FALSE(fs::exists(directory / "key.partial"));
}

TEST_CASE("a file that cannot be written leaves nothing beside it, and says its name")
{
    const test_directory directory;
    fs::create_directories(directory / "occupied/inside");
    CHECK_THROWS_WITH(write_file(directory / "occupied", "new", 0600), Catch::Contains("occupied"));
    CHECK_FALSE(fs::exists(directory / "occupied.partial"));
    CHECK_THROWS_WITH(read_file(directory / "none"), Catch::Contains("cannot read"));
}

TEST_CASE("a file that is made longer reads as zeros there")
{
    const test_directory directory;
    const auto file = create_file(directory / "disk", 0600);
    REQUIRE(set_size(file, std::uint64_t{5} << 30U));
    CHECK(size_of(file) == std::uint64_t{5} << 30U);
    std::array<unsigned char, 4> bytes{1, 2, 3, 4};
    REQUIRE(read_at(file, (std::uint64_t{5} << 30U) - 2, bytes) == 2);
    CHECK(bytes == std::array<unsigned char, 4>{0, 0, 3, 4});
    CHECK(read_at(file, std::uint64_t{5} << 30U, bytes) == 0);
}

TEST_CASE("a directory is locked by one at a time")
{
    using namespace std::chrono_literals;
    const test_directory directory;
    std::atomic<int> looks = 0;
    std::atomic<bool> entered = false;
    std::jthread second;
    {
        const directory_lock first(directory.path());
        second = std::jthread([&] {
            const directory_lock lock(directory.path(), [&] { ++looks; });
            entered = true;
        });
        for (int left = 300; looks < 2 && left > 0; --left) std::this_thread::sleep_for(10ms);
        CHECK(looks >= 2);
        CHECK_FALSE(entered);
    }
    second.join();
    CHECK(entered);
}

TEST_CASE("who waits for a lock can give up")
{
    const test_directory directory;
    const directory_lock first(directory.path());
    const auto give_up = [] { throw storage_error("called off"); };
    CHECK_THROWS_WITH(directory_lock(directory.path(), give_up), "called off");
}
