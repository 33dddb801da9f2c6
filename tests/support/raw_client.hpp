// A client that speaks bytes: what no real HTTP client can be talked into sending. And, with
// raw_listener, an engine that does.
#pragma once

#include "tests/support/conversation.hpp"
#include "tests/support/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace test_support {

class raw_client final : public conversation {
public:
    // Both throw std::system_error when nobody listens.
    static raw_client to_socket(const std::filesystem::path& path);
    static raw_client to_port(std::uint16_t port);

    // A connection that is open already.
    explicit raw_client(unique_fd socket);

    void finish_sending() override;

    void close() override { socket_.reset(); }

    void reset() override;

protected:
    bool write(std::string_view bytes, std::chrono::milliseconds limit) override;
    bool receive_some(std::chrono::milliseconds limit) override;

private:
    unique_fd socket_;
};

// An engine's side of a connection, spoken by the test.
class raw_listener {
public:
    explicit raw_listener(const std::filesystem::path& path);

    // On a free port of 127.0.0.1.
    raw_listener();

    std::uint16_t port() const { return port_; }

    // Both throw when nobody connects.
    raw_client accept(std::chrono::milliseconds limit = patience);
    unique_fd accept_socket(std::chrono::milliseconds limit = patience);

    // Whether somebody has connected and was not accepted yet, without waiting.
    bool has_pending() const;

private:
    unique_fd socket_;
    std::uint16_t port_ = 0;
};

// Closing it now tells the other side by a reset.
void reset_at_close(const unique_fd& socket);

// A port of 127.0.0.1 that nobody uses at this moment.
std::uint16_t free_tcp_port();

}  // namespace test_support
