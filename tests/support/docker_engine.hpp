// A private dockerd: own data, own containerd, own sockets. It changes nothing outside its
// directory: no bridge, no iptables rules, no forwarding; containers have no network.
#pragma once

#include "tests/support/process.hpp"
#include "tests/support/test_pki.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace test_support {

// Where an engine is reached. The unix socket is always plain.
struct engine_address {
    std::filesystem::path socket;
    std::uint16_t port = 0;  // on 127.0.0.1
    pid_t pid = 0;

    std::string unix_url() const { return "unix://" + socket.string(); }

    std::string tcp_url() const { return "tcp://127.0.0.1:" + std::to_string(port); }
};

class docker_engine {
public:
    // Why a private dockerd cannot run here, in a sentence that says what to do; nothing if it can.
    static std::optional<std::string> obstacle();

    // Returns when it answers and has the image busybox:latest. With `pki` its TCP side is mutual
    // TLS only. `directory` must be short, for the sake of socket paths.
    // `within`: a command to run it with.
    docker_engine(
        std::filesystem::path directory,
        std::optional<test_pki> pki,
        std::vector<std::string> within = {}
    );
    ~docker_engine();
    docker_engine(const docker_engine&) = delete;
    docker_engine& operator=(const docker_engine&) = delete;

    engine_address address() const;

    // SIGKILL: what an engine that crashes does to its clients.
    void crash();

private:
    void start();
    void stop();
    std::string address_url() const;
    bool answers() const;
    void import_busybox() const;

    std::filesystem::path directory_;
    std::optional<test_pki> pki_;
    std::vector<std::string> within_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> dockerd_;
};

}  // namespace test_support
