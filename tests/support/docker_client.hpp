// The real `docker` program, pointed at one socket, with a configuration of its own.
#pragma once

#include "tests/support/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace test_support {

class docker_client {
public:
    // `directory` is this client's DOCKER_CONFIG and HOME.
    docker_client(std::filesystem::path directory, std::string host);

    // Runs `docker ARGUMENTS` to its end.
    process_result run(
        std::vector<std::string> arguments,
        process_input input = no_input{},
        std::chrono::milliseconds limit = patience
    ) const;

    // The standard output of a command that must succeed, without its last line end.
    std::string text(std::vector<std::string> arguments, process_input input = no_input{}) const;

    // For `process` and `pty_process`, which stay where they are made.
    process_options command(std::vector<std::string> arguments, process_input input = no_input{})
        const;

    const environment_changes& environment() const { return environment_; }

    const std::string& host() const { return host_; }

private:
    std::string host_;
    environment_changes environment_;
};

}  // namespace test_support
