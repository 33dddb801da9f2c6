// A real sshd that stands for another machine, with keys of its own, and what an ssh client needs
// to get in. Nothing of the user's ssh is read or changed.
#pragma once

#include "tests/support/process.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace test_support {

struct ssh_host_options {
    std::string address = "127.0.0.1";
    // What sessions over there have in their environment: "DOCKER_HOST=unix:///…".
    std::vector<std::string> environment = {};
    // A command to run sshd with: `nsenter …`.
    std::vector<std::string> within = {};
};

class ssh_host {
public:
    // Why there can be none here, in a sentence that says what to do; nothing if there can.
    static std::optional<std::string> obstacle();

    // Returns when it listens.
    explicit ssh_host(std::filesystem::path directory, const ssh_host_options& options = {});

    // `ssh://USER@ADDRESS:PORT`.
    std::string url() const;

    // For a process whose `ssh` shall be one that knows this host and has its key.
    environment_changes client_environment() const;

    std::uint16_t port() const { return port_; }

    // From now on the client does not know the host's key, knows another, knows it again.
    void forget_host_key() const;
    void mistake_host_key() const;
    void know_host_key() const;

    // From now on the host lets nobody in.
    void lock_out() const;

private:
    void know_host_by(const std::filesystem::path& public_key) const;

    std::filesystem::path directory_;
    std::string address_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> sshd_;
};

}  // namespace test_support
