// One user who has just heard of Gangway: an empty home, nothing running. Runs the daemon, the
// command and docker clients as this user, and ends all of it.
#pragma once

#include "tests/support/docker_client.hpp"
#include "tests/support/process.hpp"

#include <nlohmann/json_fwd.hpp>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace e2e {

// Several times what a start takes on a machine without KVM.
inline constexpr std::chrono::minutes boot_patience{5};

class account {
public:
    account();

    // Shows the daemon's log and the end of the serial log when the running test has failed.
    ~account();
    account(const account&) = delete;
    account& operator=(const account&) = delete;

    const std::filesystem::path& home() const { return home_; }

    std::filesystem::path state_dir() const { return home_ / "state/gangway/default"; }

    std::filesystem::path runtime_dir() const { return home_ / "run/gangway"; }

    // Where the daemon looks for it by default.
    std::filesystem::path image_dir() const { return home_ / "data/gangway/images"; }

    std::filesystem::path docker_socket() const { return runtime_dir() / "docker.sock"; }

    // In addition to where the image is, which is all that is configured otherwise.
    void configure(nlohmann::json settings) const;

    // The real image.
    void install_image() const;

    // One that shares the real one's files but for what is changed in `manifest`.
    nlohmann::json real_manifest() const;
    void install_image(const nlohmann::json& manifest) const;

    // The daemon, without any argument that matters. Returns when it is ready to accept; `around`
    // is a command that runs it.
    void start_daemon(std::vector<std::string> around = {});

    // Variables for daemons to come.
    void set_variable(const std::string& name, const std::string& value);

    // For programs of this user that a test runs beside its own steps.
    const test_support::environment_changes& environment() const { return environment_; }

    pid_t daemon_pid() const { return daemon_->pid(); }

    // By SIGKILL; returns when it has ended.
    void kill_daemon();

    // SIGTERM, then its exit status.
    int stop_daemon();

    // `gangway ARGUMENTS`, to its end.
    test_support::process_result gangway(
        std::vector<std::string> arguments, std::chrono::milliseconds limit = boot_patience
    ) const;

    // What `gangway status --json` prints.
    nlohmann::json status() const;
    nlohmann::json vm() const;
    std::string vm_state() const;

    const test_support::docker_client& docker() const { return docker_; }

    // Its standard output, without the last line end. It must succeed; may start the VM.
    std::string docker_text(
        std::vector<std::string> arguments,
        test_support::process_input input = test_support::no_input{}
    ) const;

    // Those of this name that run for this user.
    std::vector<pid_t> processes(const std::string& name) const;

    // QEMU processes that run for this user.
    std::vector<pid_t> virtual_machines() const;

private:
    std::filesystem::path home_;
    test_support::environment_changes environment_;
    test_support::docker_client docker_;
    std::unique_ptr<test_support::process> daemon_;
};

}  // namespace e2e
