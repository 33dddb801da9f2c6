// Puts everything where the ordinary user can reach it, and becomes that user.
#include "tests/e2e/premises.hpp"

#include "tests/e2e/janitor.hpp"
#include "tests/support/process.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace e2e {
namespace {

namespace fs = std::filesystem;

bool is_root()
{
    return ::geteuid() == 0;
}

bool is_installed(std::initializer_list<const char*> places)
{
    for (const auto* const place : places) {
        if (::access(place, X_OK) == 0) return true;
    }
    return false;
}

fs::path image_to_test()
{
    const char* const chosen = std::getenv("GANGWAY_TEST_IMAGE");
    return fs::absolute(chosen != nullptr ? chosen : APPLIANCE);
}

// Root's files may be out of the ordinary user's reach (a clone in /root), so they get a second
// name within it; a copy only where that cannot be.
void place(const fs::path& from, const fs::path& to)
{
    if (!is_root()) return fs::create_symlink(from, to);
    const auto for_all = fs::perms::others_read;
    if ((fs::status(from).permissions() & for_all) == for_all) {
        std::error_code other_file_system;
        fs::create_hard_link(from, to, other_file_system);
        if (!other_file_system) return;
    }
    fs::copy_file(from, to);
    const auto executable = fs::status(from).permissions() & fs::perms::owner_exec;
    fs::permissions(to, fs::perms(executable == fs::perms::none ? 0644 : 0755));
}

// `directories` become the user's; files in them do not, since they may be the build's own.
void become_ordinary_user(const std::vector<fs::path>& directories)
{
    if (!is_root()) return;
    const passwd* const nobody = ::getpwnam("nobody");
    if (nobody == nullptr) throw std::runtime_error("there is no user \"nobody\" to become");
    const auto checked = [](int result) {
        if (result == 0) return;
        throw std::system_error(errno, std::generic_category(), "cannot become the user nobody");
    };
    for (const auto& each : directories) {
        checked(::lchown(each.c_str(), nobody->pw_uid, nobody->pw_gid));
    }
    checked(::setgroups(0, nullptr));
    checked(::setgid(nobody->pw_gid));
    checked(::setuid(nobody->pw_uid));
}

}  // namespace

std::optional<std::string> obstacle()
{
    if (!is_installed({"/usr/bin/qemu-system-x86_64", "/usr/local/bin/qemu-system-x86_64"})) {
        return "qemu-system-x86_64 is missing: install the package qemu-system-x86";
    }
    if (!is_installed({"/usr/sbin/libvirtd", "/usr/local/sbin/libvirtd"})) {
        return "libvirtd is missing: install the package libvirt-daemon";
    }
    return std::nullopt;
}

premises::premises()
{
    fs::create_directory(directory() / "bin");
    place(GANGWAYD_PROGRAM, gangwayd());
    place(GANGWAY_PROGRAM, gangway());
    place(CONTAINER_PROBE, container_probe());
    place(COMPANY_NETWORK, company_network());
    fs::create_directory(directory() / "node");
    place(NODE_PROGRAM, directory() / "node/clients.cjs");
    // Fetched and made for the tests with the tag [long].
    const auto place_if_there = [](const fs::path& from, const fs::path& to) {
        if (fs::exists(from)) place(from, to);
    };
    place_if_there(DOCKER_COMPOSE, docker_compose());
    place_if_there(FOREIGN_BUSYBOX, foreign_busybox());
    place_if_there(NODE_MODULES, directory() / "node/modules.tar");
    for (const auto* const each : {"boot2docker.iso", "boot2docker.iso.sha256"})
        place_if_there(fs::path(BOOT2DOCKER) / each, directory() / each);
    place_image();
    become_ordinary_user({directory(), directory() / "bin", directory() / "node", image()});
    // A directory of root's would be no working directory for this user's programs.
    fs::current_path(directory());
    clean_up_after_us(directory());
}

fs::path premises::node_clients() const
{
    const auto clients = directory() / "node";
    if (!fs::exists(clients / "node_modules")) {
        const auto archive = (clients / "modules.tar").string();
        test_support::run_checked({.arguments = {"tar", "-C", clients.string(), "-xf", archive}});
    }
    return clients;
}

premises::~premises()
{
    end_processes_of(directory());
    std::error_code ignored;
    fs::current_path("/", ignored);
}

void premises::place_image() const
{
    const auto source = image_to_test();
    if (!fs::exists(source / "manifest.json")) {
        throw std::runtime_error(
            "there is no VM image in " + source.string() + ": run appliance/build first"
        );
    }
    fs::create_directory(image());
    for (const auto& file : fs::directory_iterator(source)) {
        if (file.is_regular_file()) place(file.path(), image() / file.path().filename());
    }
}

premises& shared_premises()
{
    static premises only;
    return only;
}

}  // namespace e2e
