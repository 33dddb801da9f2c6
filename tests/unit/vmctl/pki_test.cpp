// The certificate files of an instance over its life: made, kept, renewed, repaired.
#include "vmctl/pki.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/forked.hpp"
#include "vmctl/certificate.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <map>

using namespace vmctl;
using namespace std::chrono_literals;
using test_support::test_directory;

namespace {

const auto now = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1} + 12h;

std::map<std::string, std::string> contents_of(const std::filesystem::path& directory)
{
    std::map<std::string, std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        result[entry.path().filename()] = read_file(entry.path());
    return result;
}

unsigned mode_of(const std::filesystem::path& path)
{
    struct stat status = {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

void check_good(const std::filesystem::path& directory, std::chrono::system_clock::time_point when)
{
    const auto files = pki_files_in(directory);
    const credential ca = {read_file(files.ca), read_file(files.ca_key)};
    const credential server = {read_file(files.server), read_file(files.server_key)};
    const credential client = {read_file(files.client), read_file(files.client_key)};
    CHECK(flaw_of_authority(ca, when).value_or("") == "");
    CHECK(flaw_of_leaf(server, ca.certificate, leaf_role::engine, when).value_or("") == "");
    CHECK(flaw_of_leaf(client, ca.certificate, leaf_role::client, when).value_or("") == "");
}

}  // namespace

TEST_CASE("the first call makes a complete set, keys and directory for the owner alone")
{
    const test_directory directory;
    const auto pki = directory / "state/pki";
    const auto change = ensure_pki(pki, now);
    CHECK(change.authority);
    CHECK(change.server);
    CHECK(change.client);
    CHECK(change.guest());
    CHECK(change.why == "no certificates yet");
    check_good(pki, now);
    CHECK(mode_of(pki) == 0700);
    for (const char* key : {"ca-key.pem", "server-key.pem", "key.pem"})
        CHECK(mode_of(pki / key) == 0600);
    for (const char* certificate : {"ca.pem", "server.pem", "cert.pem"})
        CHECK(mode_of(pki / certificate) == 0644);
    CHECK(contents_of(pki).size() == 6);
}

TEST_CASE("a good set is left as it is, byte for byte")
{
    const test_directory directory;
    ensure_pki(directory.path(), now);
    const auto before = contents_of(directory.path());
    for (const auto later : {0h, 24h * 300, 24h * 480}) {
        const auto change = ensure_pki(directory.path(), now + later);
        CHECK_FALSE(change.guest());
        CHECK_FALSE(change.client);
        CHECK(change.why == "");
        CHECK(contents_of(directory.path()) == before);
    }
}

TEST_CASE("the client's side is the engine's fixed name and three of the files")
{
    const auto identity = client_identity("/state/pki");
    CHECK(identity.ca == "/state/pki/ca.pem");
    CHECK(identity.certificate == "/state/pki/cert.pem");
    CHECK(identity.key == "/state/pki/key.pem");
    CHECK(identity.server_name == "gangway-engine");
}

TEST_CASE("leaves are renewed by the same authority when less than a third of their life is left")
{
    const test_directory directory;
    ensure_pki(directory.path(), now);
    const auto authority = read_file(directory / "ca.pem");
    const auto later = now + 24h * 500;
    const auto change = ensure_pki(directory.path(), later);
    CHECK_FALSE(change.authority);
    CHECK(change.server);
    CHECK(change.client);
    CHECK(change.guest());
    CHECK(change.why == "server.pem expires on 2029-02-28, cert.pem expires on 2029-02-28");
    CHECK(read_file(directory / "ca.pem") == authority);
    check_good(directory.path(), later);
}

TEST_CASE("thirty years of cold boots never meet an expired certificate")
{
    const test_directory directory;
    int authorities = 0;
    int servers = 0;
    for (auto when = now; when < now + 24h * 365 * 30; when += 24h * 90) {
        const auto change = ensure_pki(directory.path(), when);
        authorities += change.authority ? 1 : 0;
        servers += change.server ? 1 : 0;
        // Good for three more months, the time until the next boot.
        const auto files = pki_files_in(directory.path());
        const credential server = {read_file(files.server), read_file(files.server_key)};
        const auto flaw =
            flaw_of_leaf(server, read_file(files.ca), leaf_role::engine, when + 24h * 90);
        CHECK(flaw.value_or("").find("expired") == std::string::npos);
        CHECK(flaw.value_or("").find("issued") == std::string::npos);
    }
    CHECK(authorities == 5);
    CHECK(servers > 15);
}

TEST_CASE("a new authority issues everything anew")
{
    const test_directory directory;
    ensure_pki(directory.path(), now);
    const auto later = now + 24h * 365 * 8;
    const auto change = ensure_pki(directory.path(), later);
    CHECK(change.authority);
    CHECK(change.server);
    CHECK(change.client);
    CHECK(change.why.starts_with("ca.pem expires on 2037-02-28, server.pem expired on"));
    check_good(directory.path(), later);
}

TEST_CASE("a clock that was set back and comes forward again ends with a good set")
{
    const test_directory directory;
    ensure_pki(directory.path(), now);
    const auto epoch = std::chrono::system_clock::time_point{} + 24h * 2;
    CHECK(ensure_pki(directory.path(), epoch).authority);
    check_good(directory.path(), epoch);
    CHECK(ensure_pki(directory.path(), now).authority);
    check_good(directory.path(), now);
}

TEST_CASE("while the guest runs, only the client's certificate is renewed")
{
    const test_directory directory;
    ensure_pki(directory.path(), now);
    const auto before = contents_of(directory.path());
    const auto later = now + 24h * 500;
    const auto change = ensure_pki(directory.path(), later, pki_scope::client_only);
    CHECK(change.client);
    CHECK_FALSE(change.guest());
    CHECK(change.why == "cert.pem expires on 2029-02-28");
    auto after = contents_of(directory.path());
    CHECK(after.at("cert.pem") != before.at("cert.pem"));
    after["cert.pem"] = before.at("cert.pem");
    after["key.pem"] = before.at("key.pem");
    CHECK(after == before);
}

TEST_CASE("while the guest runs, a missing authority is an error that says to restart the VM")
{
    const test_directory directory;
    ensure_pki(directory.path(), now);
    std::filesystem::remove(directory / "ca-key.pem");
    std::filesystem::remove(directory / "key.pem");
    CHECK_THROWS_WITH(
        ensure_pki(directory.path(), now, pki_scope::client_only),
        Catch::Contains("ca-key.pem") && Catch::Contains("restart the VM")
    );
    CHECK_FALSE(std::filesystem::exists(directory / "key.pem"));
}

TEST_CASE("what is damaged is issued again and what is good stays")
{
    struct damage {
        const char* file;
        bool authority;
        bool server;
        bool client;
    };

    const auto each = GENERATE(
        damage{"ca.pem", true, true, true},
        damage{"ca-key.pem", true, true, true},
        damage{"server.pem", false, true, false},
        damage{"server-key.pem", false, true, false},
        damage{"cert.pem", false, false, true},
        damage{"key.pem", false, false, true}
    );
    const auto how = GENERATE("removed", "emptied", "truncated", "garbage", "of another set");
    CAPTURE(each.file, how);

    const test_directory directory;
    const test_directory other;
    ensure_pki(directory.path(), now);
    ensure_pki(other.path(), now);
    const auto file = directory / each.file;
    const auto content = read_file(file);
    if (how == std::string("removed"))
        std::filesystem::remove(file);
    else if (how == std::string("emptied"))
        write_file(file, "", 0600);
    else if (how == std::string("truncated"))
        write_file(file, content.substr(0, content.size() / 2), 0600);
    else if (how == std::string("garbage"))
        write_file(file, std::string(1000, '\xff'), 0600);
    else
        write_file(file, read_file(other / each.file), 0600);

    const auto change = ensure_pki(directory.path(), now);
    CHECK(change.authority == each.authority);
    CHECK(change.server == each.server);
    CHECK(change.client == each.client);
    check_good(directory.path(), now);
    CHECK_FALSE(ensure_pki(directory.path(), now).guest());
}

TEST_CASE("a whole set of another authority is accepted and a mixture is not")
{
    const test_directory directory;
    const test_directory other;
    ensure_pki(directory.path(), now);
    ensure_pki(other.path(), now);
    for (const char* name : {"server.pem", "server-key.pem"})
        write_file(directory / name, read_file(other / name), 0600);
    const auto change = ensure_pki(directory.path(), now);
    CHECK(change.server);
    CHECK(change.why == "server.pem was not issued by this authority for this use");
}

TEST_CASE("a key that others can read is closed to them")
{
    const test_directory directory;
    ensure_pki(directory.path(), now);
    std::filesystem::permissions(directory / "key.pem", std::filesystem::perms(0644));
    CHECK_FALSE(ensure_pki(directory.path(), now).client);
    CHECK(mode_of(directory / "key.pem") == 0600);
}

TEST_CASE("leftovers of a crash while writing do no harm")
{
    const test_directory directory;
    write_file(directory / "ca-key.pem.partial", "half a key", 0600);
    ensure_pki(directory.path(), now);
    check_good(directory.path(), now);
    CHECK(contents_of(directory.path()).size() == 6);
}

TEST_CASE("certificates in a directory that cannot be made are a clear error")
{
    const test_directory directory;
    const auto said = vmctl_test::in_child([&] {
        vmctl_test::drop_root();
        std::error_code ignored;
        std::filesystem::permissions(directory.path(), std::filesystem::perms(0500), ignored);
        ensure_pki(directory / "state/pki", now);
        return std::string("made");
    });
    CHECK_THAT(
        said, Catch::StartsWith("cannot make the directory") && Catch::EndsWith("Permission denied")
    );
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0700));
}
