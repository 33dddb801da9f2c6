// The whole preparation before a boot, once new, once again, once much later.
#include "vmctl/guest_files.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/disk_fixture.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;
using namespace vmctl_test;
using namespace std::chrono_literals;
using test_support::test_directory;

namespace {

const std::vector<config::share> no_shares;
const guest_settings no_settings;

}  // namespace

TEST_CASE("an instance's files are deleted, and a disk that is elsewhere by a link")
{
    const test_directory directory;
    const auto state = directory / "default";
    const auto now = std::chrono::system_clock::now();
    prepare_guest_files(state, "default", small_disk, no_shares, no_settings, now);
    std::filesystem::rename(data_disk_in(state), directory / "elsewhere.img");
    std::filesystem::create_symlink(directory / "elsewhere.img", data_disk_in(state));
    test_support::write_file(state / "other", "kept");
    delete_guest_files(state);
    CHECK(names_in(state) == "other ");
    CHECK_FALSE(std::filesystem::exists(directory / "elsewhere.img"));
    CHECK_NOTHROW(delete_guest_files(state));
    CHECK_NOTHROW(delete_guest_files(directory / "nowhere"));
    // Keys that are elsewhere may lie beside others.
    std::filesystem::create_symlink("/nowhere", data_disk_in(state));
    std::filesystem::create_directory(directory / "keys");
    test_support::write_file(directory / "keys/other", "kept");
    std::filesystem::create_directory_symlink(directory / "keys", ssh_directory_in(state));
    delete_guest_files(state);
    CHECK(std::filesystem::exists(directory / "keys/other"));
    CHECK(names_in(state) == "other ");
}

TEST_CASE("an instance's files are made once and then left alone until a certificate ages")
{
    const test_directory directory;
    const auto state = directory / "default";
    const auto now = std::chrono::system_clock::now();
    const auto first =
        prepare_guest_files(state, "default", small_disk, no_shares, no_settings, now);
    CHECK(first.pki.guest());
    CHECK(first.ssh_keys);
    CHECK(first.disk.created);
    const auto disk = data_disk_in(state);
    const std::string root = "var/lib/boot2docker/";
    CHECK(content_in(disk, root + "tls/server.pem") == read_file(state / "pki/server.pem"));
    CHECK(content_in(disk, root + "tls/serverkey.pem") == read_file(state / "pki/server-key.pem"));
    CHECK(content_in(disk, root + "tls/ca.pem") == read_file(state / "pki/ca.pem"));
    CHECK(
        content_in(disk, root + "ssh/ssh_host_ed25519_key") ==
        read_file(state / "ssh/ssh_host_ed25519_key")
    );
    CHECK(content_in(disk, root + "etc/hostname") == "gangway-default\n");
    CHECK(names_in(state) == "disk.img engine.json pki ssh ");

    const auto again =
        prepare_guest_files(state, "default", small_disk, no_shares, no_settings, now + 1h);
    CHECK_FALSE(again.pki.guest());
    CHECK_FALSE(again.ssh_keys);
    CHECK(again.disk == disk_change{});

    const auto later =
        prepare_guest_files(state, "default", small_disk, no_shares, no_settings, now + 24h * 600);
    CHECK(later.pki.guest());
    CHECK(
        later.disk.updated ==
        std::vector<std::string>{root + "tls/server.pem", root + "tls/serverkey.pem"}
    );
    CHECK(content_in(disk, root + "tls/server.pem") == read_file(state / "pki/server.pem"));
}

TEST_CASE("neither the authority's key nor the client's lies in the guest")
{
    const test_directory directory;
    prepare_guest_files(
        directory / "s",
        "default",
        small_disk,
        no_shares,
        no_settings,
        std::chrono::system_clock::now()
    );
    const auto image = read_file(data_disk_in(directory / "s"));
    const auto body = [&](const char* name) {
        const auto text = read_file(directory / "s" / "pki" / name);
        return text.substr(text.find('\n') + 1, 60);
    };
    CHECK(image.find(body("server-key.pem")) != std::string::npos);
    CHECK(image.find(body("ca-key.pem")) == std::string::npos);
    CHECK(image.find(body("key.pem")) == std::string::npos);
}

TEST_CASE("renewed certificates that a crash kept from the disk reach it at the next boot")
{
    const test_directory directory;
    const auto state = directory / "s";
    const auto now = std::chrono::system_clock::now();
    prepare_guest_files(state, "default", small_disk, no_shares, no_settings, now);
    ensure_pki(pki_directory_in(state), now + 24h * 600);
    const auto change =
        prepare_guest_files(state, "default", small_disk, no_shares, no_settings, now + 24h * 600);
    CHECK_FALSE(change.pki.guest());
    CHECK(change.disk.updated.size() == 2);
}

TEST_CASE("the guest is told what to mount, anew before each boot")
{
    const test_directory directory;
    const auto state = directory / "s";
    const auto home = directory / "home";
    std::filesystem::create_directory(home);
    const auto now = std::chrono::system_clock::now();
    prepare_guest_files(state, "default", small_disk, {{home, true}}, no_settings, now);
    const auto told = "gangway-share-0 rw " + home.string() + "\n";
    CHECK(read_file(data_disk_in(state)).find(told) != std::string::npos);

    const auto change =
        prepare_guest_files(state, "default", small_disk, {{home, false}}, no_settings, now);
    CHECK(change.disk.updated == std::vector<std::string>{"var/lib/boot2docker/gangway/shares"});

    std::filesystem::remove(home);
    CHECK_THROWS_WITH(
        prepare_guest_files(state, "default", small_disk, {{home, true}}, no_settings, now),
        Catch::Contains(home.string()) && Catch::Contains("\"shares\"")
    );
}
