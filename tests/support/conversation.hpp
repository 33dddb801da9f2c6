// One side of a connection, spoken by a test byte for byte: what both a client and a played engine
// can do, whatever carries their bytes.
#pragma once

#include "tests/support/eventually.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace test_support {

class conversation {
public:
    virtual ~conversation() = default;

    // False when the other side has gone before it took everything. What comes back meanwhile is
    // kept for receive_…(), so that an early answer cannot block both sides.
    bool send(std::string_view bytes, std::chrono::milliseconds limit = patience)
    {
        return write(bytes, limit);
    }

    // End of our bytes; theirs still come.
    virtual void finish_sending() = 0;

    // Everything up to and including `mark`, of what no earlier call returned. Throws with what
    // came instead when it does not come.
    std::string receive_until(std::string_view mark, std::chrono::milliseconds limit = patience);

    std::string receive(std::size_t count, std::chrono::milliseconds limit = patience);

    // What one recv() brings, or what one TLS record holds; empty at the end of the stream.
    std::string receive_segment(std::chrono::milliseconds limit = patience);

    // Everything up to the end of the stream; throws when it does not end. A reset counts as an
    // end, and is_reset() tells.
    std::string receive_all(std::chrono::milliseconds limit = patience);

    bool is_reset() const { return reset_; }

    // Whether the other side has said or ended anything yet, without waiting.
    bool is_silent();

    // An orderly end of both directions.
    virtual void close() = 0;

    // Both directions break off; over TCP the other side is told by a reset.
    virtual void reset() = 0;

protected:
    conversation() = default;
    conversation(conversation&&) = default;
    conversation& operator=(conversation&&) = default;

    virtual bool write(std::string_view bytes, std::chrono::milliseconds limit) = 0;

    // Waits for bytes or the end; false when neither came.
    virtual bool receive_some(std::chrono::milliseconds limit) = 0;

    std::string received_;
    bool ended_ = false;
    bool reset_ = false;
};

}  // namespace test_support
