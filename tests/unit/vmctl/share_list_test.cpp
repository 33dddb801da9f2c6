// The list of shares as text, there and back, and as the guest's mount table.
#include "vmctl/share_list.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/storage_error.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace vmctl;

TEST_CASE("a path for the guest holds no byte that its shell or the metadata could trip over")
{
    CHECK(encoded_path("/home/me/a-b_c.d") == "/home/me/a-b_c.d");
    CHECK(encoded_path("/a b") == "/a\\0040b");
    CHECK(encoded_path("/it's \"\\$") == "/it\\0047s\\0040\\0042\\0134\\0044");
    CHECK(encoded_path("/\xC3\xA9\n") == "/\\0303\\0251\\0012");
}

TEST_CASE("a list of shares survives the domain's metadata, whatever its paths")
{
    std::string all_bytes = "/";
    for (int byte = 1; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
    const std::vector<config::share> shares = {
        {"/home/me", true}, {"/a b/c", false}, {all_bytes, true}};
    CHECK(decoded_shares(encoded_shares(shares)) == shares);
    CHECK(encoded_shares({{"/home/me", true}, {"/a b", false}}) == "rw /home/me ro /a\\0040b");
    CHECK(decoded_shares("").empty());
}

TEST_CASE("what is no list of shares ends it")
{
    const std::vector<config::share> first = {{"/a", true}};
    CHECK(decoded_shares("rw /a ro") == first);
    CHECK(decoded_shares("rw /a xx /b ro /c") == first);
    CHECK(decoded_shares("nonsense").empty());
}

TEST_CASE("a share below another one is mounted after it, and aliases after all")
{
    const auto table =
        mount_table({{"/home/me/data set", false}, {"/home/me", true}}, {{"/real/me", "/home/me"}});
    CHECK(
        table ==
        "gangway-share-1 rw /home/me\n"
        "gangway-share-0 ro /home/me/data\\0040set\n"
        "bind /home/me /real/me\n"
    );
    CHECK(mount_table({}, {}).empty());
}

TEST_CASE("a share that the guest has elsewhere is mounted there, below what it lies in")
{
    const auto placed = [](const char* path) { return config::placed_in_guest({path, false}); };
    CHECK(
        mount_table({placed("/etc"), placed("/"), placed("/srv")}, {}) ==
        "gangway-share-2 ro /srv\n"
        "gangway-share-1 ro /run/gangway/host\n"
        "gangway-share-0 ro /run/gangway/host/etc\n"
    );
    const std::vector<config::share> shares = {placed("/etc"), placed("/srv")};
    CHECK(decoded_shares(encoded_shares(shares)) == shares);
}

TEST_CASE("where a share is a symbolic link, the guest has its target's path, too")
{
    const test_support::test_directory directory;
    const auto real = std::filesystem::canonical(directory / "") / "real";
    std::filesystem::create_directory(real);
    const auto link = real.parent_path() / "link";
    std::filesystem::create_directory_symlink(real, link);
    CHECK(aliases_of({{real, true}}).empty());
    CHECK(aliases_of({{real, true}, {link, true}}) == std::vector<share_alias>{{real, link}});
}

TEST_CASE("what cannot be shared is told before the VM is started")
{
    const test_support::test_directory directory;
    const auto file = directory / "file";
    std::ofstream(file) << "x";
    const auto path = GENERATE_REF(directory / "missing", file);
    CHECK_THROWS_WITH(
        aliases_of({{path, true}}),
        Catch::Contains(path.string()) && Catch::Contains("the setting \"shares\"")
    );
}
