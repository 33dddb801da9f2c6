// The ssh keys of an instance: made once, repaired when damaged, the guest's pinned by name.
#include "vmctl/ssh_keys.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace vmctl;
using test_support::test_directory;

namespace {

unsigned mode_of(const std::filesystem::path& path)
{
    struct stat status = {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

std::string fingerprint(const std::filesystem::path& key)
{
    const auto result = run_tool({"ssh-keygen", {"-l", "-f", key.string()}, {}, -1});
    REQUIRE(result.exit_code == 0);
    return result.output;
}

}  // namespace

TEST_CASE("both key pairs are made once, private, and of type ed25519")
{
    const test_directory directory;
    const auto ssh = directory / "ssh";
    CHECK(ensure_ssh_keys(ssh, "default"));
    CHECK(mode_of(ssh) == 0700);
    const auto files = ssh_files_in(ssh, "default");
    for (const auto& key : {files.key, files.host_key}) {
        CHECK(mode_of(key) == 0600);
        CHECK_THAT(fingerprint(key), Catch::EndsWith("(ED25519)\n"));
        CHECK(read_file(key.string() + ".pub").starts_with("ssh-ed25519 "));
    }
    CHECK(read_file(files.key) != read_file(files.host_key));
    const auto key = read_file(files.key);
    CHECK_FALSE(ensure_ssh_keys(ssh, "default"));
    CHECK(read_file(files.key) == key);
}

TEST_CASE("known_hosts names the guest's key by the instance, so that no address matters")
{
    const test_directory directory;
    ensure_ssh_keys(directory.path(), "work");
    const auto files = ssh_files_in(directory.path(), "work");
    CHECK(files.host_key_alias == "gangway-work");
    CHECK(read_file(files.known_hosts) == "gangway-work " + read_file(files.public_host_key()));
    // As ssh itself looks it up.
    const auto found =
        run_tool({"ssh-keygen", {"-F", "gangway-work", "-f", files.known_hosts.string()}, {}, -1});
    CHECK(found.exit_code == 0);
}

TEST_CASE("a damaged private key is replaced, a damaged public half only written again")
{
    const test_directory directory;
    ensure_ssh_keys(directory.path(), "default");
    const auto files = ssh_files_in(directory.path(), "default");
    const auto host_key = read_file(files.host_key);
    const auto user_key = read_file(files.key);

    write_file(files.public_host_key(), "nonsense", 0644);
    CHECK(ensure_ssh_keys(directory.path(), "default"));
    CHECK(read_file(files.host_key) == host_key);
    CHECK(read_file(files.public_host_key()).starts_with("ssh-ed25519 "));

    write_file(files.key, user_key.substr(0, user_key.size() / 2), 0600);
    CHECK(ensure_ssh_keys(directory.path(), "default"));
    CHECK(read_file(files.key) != user_key);
    CHECK(read_file(files.host_key) == host_key);
    CHECK_FALSE(ensure_ssh_keys(directory.path(), "default"));
}

TEST_CASE("an ssh key that others can read is closed to them and kept")
{
    const test_directory directory;
    ensure_ssh_keys(directory.path(), "default");
    const auto files = ssh_files_in(directory.path(), "default");
    std::filesystem::permissions(files.key, std::filesystem::perms(0644));
    const auto key = read_file(files.key);
    CHECK_FALSE(ensure_ssh_keys(directory.path(), "default"));
    CHECK(mode_of(files.key) == 0600);
    CHECK(read_file(files.key) == key);
}

TEST_CASE("leftovers of an interrupted ssh-keygen are cleared away")
{
    const test_directory directory;
    write_file(directory / "id_ed25519.partial", "half", 0600);
    ensure_ssh_keys(directory.path(), "default");
    for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
        CHECK(entry.path().string().find("partial") == std::string::npos);
}
