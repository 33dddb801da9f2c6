// A client that speaks bytes: what no real HTTP client can be talked into sending.
#pragma once

#include "tests/support/eventually.hpp"
#include "tests/support/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace test_support {

class raw_client {
public:
    // Both throw std::system_error when nobody listens.
    static raw_client to_socket(const std::filesystem::path& path);
    static raw_client to_port(std::uint16_t port);

    // False when the other side has gone before it took everything. What comes back meanwhile is
    // kept for receive_…(), so that an early answer cannot block both sides.
    bool send(std::string_view bytes, std::chrono::milliseconds limit = patience);

    // End of our bytes; theirs still come.
    void finish_sending();

    // Everything up to and including `mark`, of what no earlier call returned. Throws with what
    // came instead when it does not come.
    std::string receive_until(std::string_view mark, std::chrono::milliseconds limit = patience);

    std::string receive(std::size_t count, std::chrono::milliseconds limit = patience);

    // Everything up to the end of the stream; throws when it does not end. A reset counts as an
    // end, and is_reset() tells.
    std::string receive_all(std::chrono::milliseconds limit = patience);

    bool is_reset() const { return reset_; }

    // Whether the other side has said or ended anything yet, without waiting.
    bool is_silent();

    void close() { socket_.reset(); }

private:
    friend class raw_listener;

    explicit raw_client(unique_fd socket);

    // Waits for bytes or the end; false when neither came.
    bool receive_some(std::chrono::milliseconds limit);

    unique_fd socket_;
    std::string received_;
    bool ended_ = false;
    bool reset_ = false;
};

// An engine's side of a connection, spoken by the test.
class raw_listener {
public:
    explicit raw_listener(const std::filesystem::path& path);

    // Throws when nobody connects.
    raw_client accept(std::chrono::milliseconds limit = patience);

    // Whether somebody has connected and was not accepted yet, without waiting.
    bool has_pending() const;

private:
    unique_fd socket_;
};

// A port of 127.0.0.1 that nobody uses at this moment.
std::uint16_t free_tcp_port();

}  // namespace test_support
