// The daemon under test, started as a user would start it.
#pragma once

#include "tests/support/process.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace test_support {

struct gangwayd_options {
    std::string engine;  // tcp://… or unix://…
    std::optional<std::filesystem::path> tls_dir = std::nullopt;
    std::vector<std::string> more = {};                  // further arguments
    std::optional<unsigned> descriptors = std::nullopt;  // that it may have (ulimit -n)
    std::string configuration = {};                      // text of gangway.json; empty: none
    environment_changes environment = {};
    std::vector<std::string> within = {};  // a command to run it with
};

class gangwayd_process {
public:
    // Keeps its sockets in `directory`/run, which it has to make itself. Returns when it is ready
    // to accept.
    gangwayd_process(const std::filesystem::path& directory, const gangwayd_options& options);

    // Prints its log when the running test has failed.
    ~gangwayd_process();
    gangwayd_process(const gangwayd_process&) = delete;
    gangwayd_process& operator=(const gangwayd_process&) = delete;

    // The command line of a daemon in `directory`, for tests that expect it not to start.
    static process_options command(
        const std::filesystem::path& directory, const std::vector<std::string>& arguments
    );

    std::filesystem::path docker_socket() const { return run_ / "docker.sock"; }

    std::filesystem::path control_socket() const { return run_ / "control.sock"; }

    pid_t pid() const { return process_->pid(); }

    std::string log() const { return process_->err() + process_->out(); }

    // SIGTERM, then its exit status.
    int stop();

    // SIGKILL: leaves its sockets behind.
    void crash();

private:
    std::filesystem::path run_;
    std::unique_ptr<process> process_;
};

// How many descriptors a process holds, and how many of them are sockets.
std::size_t descriptors_of(pid_t pid);
std::size_t sockets_of(pid_t pid);

}  // namespace test_support
