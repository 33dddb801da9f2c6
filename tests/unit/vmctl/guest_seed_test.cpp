// The seed keeps boot2docker's contract: names, modes, the profile as a shell reads it, a tar
// archive as tar reads it.
#include "vmctl/guest_seed.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace vmctl;
using test_support::test_directory;

namespace {

const guest_identity identity = {
    "default",
    "CA\n",
    "SERVER\n",
    "SERVER KEY\n",
    "HOST KEY\n",
    "HOST PUB\n",
    "ssh-ed25519 AAAA me",
    "gangway-share-0 rw /home/me\n",
    {R"({"debug":true})", "HTTP_PROXY=http://proxy.example:3128\n", "AUTHORITY\n"}};

std::map<std::string, seed_file> by_path(const std::vector<seed_file>& seed)
{
    std::map<std::string, seed_file> result;
    for (const auto& file : seed) result[file.path] = file;
    CHECK(result.size() == seed.size());
    return result;
}

}  // namespace

TEST_CASE("the seed holds what the guest contract names, and no key but the engine's own")
{
    const auto seed = by_path(guest_seed(identity));

    struct row {
        const char* name;
        const char* content;
        unsigned mode;
        seed_policy policy;
    };

    const auto expected = GENERATE(
        row{"etc/hostname", "gangway-default\n", 0644, seed_policy::at_creation},
        row{"tls/ca.pem", "CA\n", 0644, seed_policy::always},
        row{"tls/server.pem", "SERVER\n", 0644, seed_policy::always},
        row{"tls/serverkey.pem", "SERVER KEY\n", 0600, seed_policy::always},
        row{"ssh/ssh_host_ed25519_key", "HOST KEY\n", 0600, seed_policy::always},
        row{"ssh/ssh_host_ed25519_key.pub", "HOST PUB\n", 0644, seed_policy::always},
        row{"gangway/shares", "gangway-share-0 rw /home/me\n", 0644, seed_policy::always},
        row{"gangway/daemon.json", "{\"debug\":true}\n", 0600, seed_policy::always},
        row{"gangway/environment",
            "HTTP_PROXY=http://proxy.example:3128\n",
            0600,
            seed_policy::always},
        row{"certs/gangway.pem", "AUTHORITY\n", 0644, seed_policy::always}
    );
    const auto path = std::string("var/lib/boot2docker/") + expected.name;
    CHECK(seed.at(path) == seed_file{path, expected.content, expected.mode, expected.policy});
    CHECK(seed.size() == 12);
    CHECK(seed.at("var/lib/boot2docker/profile").policy == seed_policy::at_creation);
}

TEST_CASE("the profile makes the stock init script listen on mutual TLS and generate nothing")
{
    const test_directory directory;
    const auto seed = by_path(guest_seed(identity));
    for (const char* name : {"ca.pem", "server.pem", "serverkey.pem"})
        write_file(
            directory / name, seed.at(std::string("var/lib/boot2docker/tls/") + name).content, 0600
        );
    write_file(directory / "profile", seed.at("var/lib/boot2docker/profile").content, 0644);
    // The conditions of boot2docker 19.03.12's /etc/init.d/docker, on this directory.
    const auto result = run_tool(
        {"sh",
         {"-euc",
          ". ./profile\n"
          "echo \"$DOCKER_REMOTE $DOCKER_TLS $CERTDIR $CACERT $SERVERCERT $SERVERKEY\"\n"
          "for file in \"$CAKEY\" \"$CACERT\" \"$SERVERKEY\" \"$SERVERCERT\" \"$KEY\" \"$CERT\"; "
          "do\n"
          "  [ -f \"./${file##*/}\" ] || echo \"would generate $file\"\n"
          "done"},
         directory.path(),
         -1}
    );
    CHECK(result.errors == "");
    CHECK(
        result.output ==
        "yes yes /var/lib/boot2docker/tls /var/lib/boot2docker/tls/ca.pem "
        "/var/lib/boot2docker/tls/server.pem /var/lib/boot2docker/tls/serverkey.pem\n"
    );
}

TEST_CASE("userdata.tar unpacks to the authorized key with the modes sshd insists on")
{
    const test_directory directory;
    const auto seed = by_path(guest_seed(identity));
    const auto& archive = seed.at("var/lib/boot2docker/userdata.tar").content;
    write_file(directory / "userdata.tar", archive, 0600);
    const auto listed =
        run_tool({"tar", {"--numeric-owner", "-tvf", "userdata.tar", "--utc"}, directory.path(), -1}
        );
    CHECK(listed.errors == "");
    CHECK(listed.exit_code == 0);
    CHECK_THAT(
        listed.output,
        Catch::Contains("drwx------ 1000/50") && Catch::Contains("-rw------- 1000/50")
    );
    const auto text =
        run_tool({"tar", {"-xOf", "userdata.tar", ".ssh/authorized_keys"}, directory.path(), -1});
    CHECK(text.output == "ssh-ed25519 AAAA me\n");
    CHECK(guest_seed(identity) == guest_seed(identity));
}

TEST_CASE("a long authorized key fills more than one tar block")
{
    const test_directory directory;
    auto with_long_key = identity;
    with_long_key.authorized_key = "ssh-rsa " + std::string(2000, 'A');
    const auto seed = by_path(guest_seed(with_long_key));
    const auto& archive = seed.at("var/lib/boot2docker/userdata.tar").content;
    CHECK(archive.size() % 512 == 0);
    write_file(directory / "userdata.tar", archive, 0600);
    const auto text =
        run_tool({"tar", {"-xOf", "userdata.tar", ".ssh/authorized_keys"}, directory.path(), -1});
    CHECK(text.output == with_long_key.authorized_key + "\n");
}

TEST_CASE("a guest's host name is a legal one for every instance name")
{
    struct row {
        std::string instance;
        std::string name;
    };

    const auto each = GENERATE(
        row{"default", "gangway-default"},
        row{"my_work.1", "gangway-my-work-1"},
        row{"caf\xc3\xa9", "gangway-caf"},
        row{"", "gangway"},
        row{std::string(100, 'x'), "gangway-" + std::string(55, 'x')}
    );
    CHECK(guest_host_name(each.instance) == each.name);
}
