// A private sshd, and a `ssh` in front of the real one that reads a private configuration: the real
// one takes the home directory from the system's user database, whatever HOME says.
#include "tests/support/ssh_host.hpp"

#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace test_support {
namespace {

constexpr const char* sshd_program = "/usr/sbin/sshd";

// Where sshd locks its unprivileged half in; its service makes it at each start.
constexpr const char* run_directory = "/run/sshd";

void make_key(const std::filesystem::path& file)
{
    run_checked({.arguments = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.string()}}
    );
}

std::string user_name()
{
    const auto* const entry = ::getpwuid(::geteuid());
    return entry != nullptr ? entry->pw_name : "root";
}

}  // namespace

std::optional<std::string> ssh_host::obstacle()
{
    if (::access(sshd_program, X_OK) != 0) return "sshd is missing: install openssh-server";
    return std::nullopt;
}

ssh_host::ssh_host(std::filesystem::path directory, const ssh_host_options& options)
    : directory_(std::move(directory)), address_(options.address)
{
    std::filesystem::create_directories(directory_ / "bin");
    std::filesystem::create_directories(run_directory);
    for (const auto* name : {"host", "other", "user"}) make_key(directory_ / name);
    std::filesystem::copy_file(directory_ / "user.pub", directory_ / "authorized");
    port_ = free_tcp_port();
    const auto in = [this](const char* name) { return (directory_ / name).string(); };
    auto configuration = "ListenAddress " + address_ + "\nPort " + std::to_string(port_) +
                         "\nHostKey " + in("host") + "\nAuthorizedKeysFile " + in("authorized") +
                         "\nStrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin yes\n"
                         "MaxStartups 100\nPasswordAuthentication no\n"
                         "KbdInteractiveAuthentication no\n";
    if (!options.environment.empty()) configuration += "SetEnv";
    for (const auto& each : options.environment) configuration += " " + each;
    write_file(directory_ / "sshd.conf", configuration + "\n");
    write_file(
        directory_ / "client.conf",
        "IdentityFile " + in("user") + "\nIdentitiesOnly yes\nIdentityAgent none\n" +
            "UserKnownHostsFile " + in("known") + "\nGlobalKnownHostsFile /dev/null\n"
    );
    write_file(
        directory_ / "bin/ssh", "#!/bin/sh\nexec /usr/bin/ssh -F " + in("client.conf") + " \"$@\"\n"
    );
    std::filesystem::permissions(directory_ / "bin/ssh", std::filesystem::perms::owner_all);
    know_host_key();
    auto command = options.within;
    command.insert(command.end(), {sshd_program, "-D", "-e", "-f", in("sshd.conf")});
    sshd_ = std::make_unique<process>(process_options{.arguments = std::move(command)});
    sshd_->expect_output("Server listening on");
}

std::string ssh_host::url() const
{
    return "ssh://" + user_name() + "@" + address_ + ":" + std::to_string(port_);
}

environment_changes ssh_host::client_environment() const
{
    const char* const path = std::getenv("PATH");
    return {{"PATH", (directory_ / "bin").string() + ":" + (path != nullptr ? path : "/bin")}};
}

void ssh_host::forget_host_key() const
{
    write_file(directory_ / "known", "");
}

void ssh_host::mistake_host_key() const
{
    know_host_by(directory_ / "other.pub");
}

void ssh_host::know_host_key() const
{
    know_host_by(directory_ / "host.pub");
}

void ssh_host::lock_out() const
{
    write_file(directory_ / "authorized", "");
}

void ssh_host::know_host_by(const std::filesystem::path& public_key) const
{
    write_file(
        directory_ / "known",
        "[" + address_ + "]:" + std::to_string(port_) + " " + read_file(public_key)
    );
}

}  // namespace test_support
