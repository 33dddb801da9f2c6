// What every scenario plays in: one engine, gangwayd in front of it, and docker clients both
// behind the daemon and directly at the engine to compare with.
#pragma once

#include "tests/integration/engines.hpp"
#include "tests/support/docker_client.hpp"
#include "tests/support/gangwayd_process.hpp"
#include "tests/support/pty.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace integration {

using test_support::eventually;
using test_support::input_file;
using test_support::open_pipe;
using test_support::patience;
using test_support::piped_text;
using test_support::process;
using test_support::pty_process;
using test_support::raw_client;

// How gangwayd reaches the engine. `direct` is the suite without gangwayd: it proves that a
// scenario holds for Docker itself: GANGWAY_TEST_DIRECT=1 integration_tests '~[gangwayd]'.
enum class upstream { unix_socket, tcp, mutual_tls, direct };

std::ostream& operator<<(std::ostream& out, upstream which);

// Runs the rest of the test case once for every upstream.
upstream each_upstream();

// The same, and directly: what is asserted then holds for Docker itself, and is seen to.
upstream each_way();

class scene {
public:
    // `shares`: what gangwayd is told that the engine sees of this host.
    explicit scene(upstream which, const std::vector<std::string>& shares = {});

    // Removes every container of the engine, and the images that it did not start with.
    ~scene();
    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    upstream way() const { return which_; }

    const test_support::docker_client& docker() const { return docker_; }

    const test_support::docker_client& direct() const { return direct_; }

    // Bytes through gangwayd, and directly to the engine.
    raw_client connect() const;
    raw_client connect_directly() const;

    const test_support::test_directory& directory() const { return directory_; }

    const test_support::engine_address& engine() const { return engine_; }

    std::filesystem::path socket() const;

    // Its process, where there is one in between.
    std::optional<pid_t> gangwayd() const;

    // What gangwayd holds; a constant in a direct run.
    std::size_t descriptors() const;

    std::size_t engine_sockets() const { return test_support::sockets_of(engine_.pid); }

    // Starts `docker run -d` with `arguments`, and returns the container's id.
    std::string run_detached(std::vector<std::string> arguments) const;

    bool is_running(const std::string& container) const;

private:
    upstream which_;
    test_support::test_directory directory_;
    test_support::engine_address engine_;
    std::optional<test_support::gangwayd_process> gangwayd_;
    test_support::docker_client docker_;
    test_support::docker_client direct_;
};

// `docker run` with what every container here wants: no network, gone when it ends.
std::vector<std::string> run_arguments(
    std::vector<std::string> options, std::vector<std::string> command
);

// Long hexadecimal words (identifiers, hashes) and Date become placeholders.
std::string masked(std::string text);

}  // namespace integration
