// The seed's texts, and the small tar archive that boot2docker unpacks into the docker user's home.
#include "vmctl/guest_seed.hpp"

#include "vmctl/boot2docker_guest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace vmctl {
namespace {

// docker:staff in boot2docker; the guest changes the owner again when it unpacks.
constexpr unsigned docker_uid = 1000;
constexpr unsigned docker_gid = 50;
constexpr std::size_t tar_block = 512;

struct tar_member {
    std::string_view name;  // a directory's ends in '/'
    unsigned mode = 0;
    std::string_view content;
};

// POSIX.1-1988 ustar: numbers in octal, times at the epoch so that equal input is equal output.
std::string tar_header(const tar_member& member)
{
    std::array<char, tar_block> header = {};
    const auto put = [&](std::size_t at, std::string_view text) {
        std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
    };
    const auto put_octal = [&](std::size_t at, int digits, std::size_t number) {
        std::array<char, 24> text = {};
        const int size = std::snprintf(text.data(), text.size(), "%0*zo", digits, number);
        put(at, {text.data(), static_cast<std::size_t>(size)});
    };
    put(0, member.name);
    put_octal(100, 7, member.mode);
    put_octal(108, 7, docker_uid);
    put_octal(116, 7, docker_gid);
    put_octal(124, 11, member.content.size());
    put_octal(136, 11, 0);
    put(148, "        ");
    put(156, member.name.ends_with('/') ? "5" : "0");
    put(257, std::string_view("ustar\00000", 8));
    put(265, "docker");
    put(297, "staff");
    std::size_t sum = 0;
    for (const char byte : header) sum += static_cast<unsigned char>(byte);
    put_octal(148, 6, sum);
    header[154] = '\0';
    return {header.data(), header.size()};
}

std::string tar_archive(std::initializer_list<tar_member> members)
{
    std::string archive;
    for (const auto& member : members) {
        archive += tar_header(member);
        archive += member.content;
        archive.resize((archive.size() + tar_block - 1) / tar_block * tar_block);
    }
    archive.resize(archive.size() + 2 * tar_block);
    return archive;
}

// Read by boot2docker's /etc/init.d/docker. It makes each of its six TLS files that is missing,
// with RSA-4096 keys that take minutes under emulation. Only ca.pem, server.pem and serverkey.pem
// are used by dockerd; the other names point at a file that exists, so that no key of the authority
// or of the client has to lie in the guest.
constexpr std::string_view profile =
    R"(# Written by Gangway when this disk was made. Yours to edit: EXTRA_ARGS go to dockerd.
DOCKER_REMOTE=yes
DOCKER_TLS=yes
CERTDIR=/var/lib/boot2docker/tls
CACERT=$CERTDIR/ca.pem
SERVERCERT=$CERTDIR/server.pem
SERVERKEY=$CERTDIR/serverkey.pem
# Not used by dockerd. They name a file that exists so that none is generated.
CAKEY=$CACERT
CERT=$CACERT
KEY=$CACERT
)";

}  // namespace

std::vector<seed_file> guest_seed(const guest_identity& identity)
{
    const auto line = [](std::string text) { return text.ends_with('\n') ? text : text + '\n'; };
    const auto keys = line(identity.authorized_key);
    const std::string root = "var/lib/boot2docker/";
    using enum seed_policy;
    std::vector<seed_file> files = {
        {root + "profile", std::string(profile), 0644, at_creation},
        {root + "etc/hostname", guest_host_name(identity.instance) + '\n', 0644, at_creation},
        {root + "tls/ca.pem", identity.ca, 0644, always},
        {root + "tls/server.pem", identity.server_certificate, 0644, always},
        {root + "tls/serverkey.pem", identity.server_key, 0600, always},
        {root + "ssh/ssh_host_ed25519_key", identity.ssh_host_key, 0600, always},
        {root + "ssh/ssh_host_ed25519_key.pub", identity.ssh_public_host_key, 0644, always},
        {root + "gangway/shares", identity.mount_table, 0644, always},
        // Either may hold a proxy's password.
        {root + "gangway/daemon.json", identity.settings.daemon_json + '\n', 0600, always},
        {root + "gangway/environment", identity.settings.environment, 0600, always},
        {root + "certs/gangway.pem", identity.settings.authorities, 0644, always},
        {root + "userdata.tar",
         tar_archive({{".ssh/", 0700, {}}, {".ssh/authorized_keys", 0600, keys}}),
         0644,
         always},
    };
    if (identity.is_boot2docker) add_boot2docker_files(files, identity.settings);
    return files;
}

std::string guest_host_name(std::string_view instance)
{
    auto name = "gangway-" + std::string(instance);
    std::replace_if(
        name.begin(),
        name.end(),
        [](unsigned char letter) { return letter >= 0x80 || !std::isalnum(letter); },
        '-'
    );
    name.resize(std::min<std::size_t>(name.size(), 63));
    while (name.ends_with('-')) name.pop_back();
    return name;
}

}  // namespace vmctl
