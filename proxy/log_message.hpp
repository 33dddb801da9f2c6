// A container's log as dockerd writes it to its clients, message by message. Pure.
#pragma once

#include "proxy/watched_stream.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace proxy {

// One message, with the time that dockerd put before it.
struct log_message {
    std::optional<watched_stream::moment> at;  // nothing: dockerd's own words, without a time
    std::string_view head;  // of the frame: the stream, three zeros, the length; empty: no frames
    std::string_view time;  // as written, with its space
    std::string_view text;
};

// Cuts what was asked for with `timestamps=1`. Frames are those of moby pkg/stdcopy, one a message.
// What a terminal wrote comes without, and its last line may have no end: there each message is a
// chunk of the answer, since dockerd flushes after each (moby
// api/server/httputils/write_log_stream.go).
class log_splitter {
public:
    // Behind what was not used of the bytes before; `ends_chunk`: they end one.
    void add(std::string_view bytes, bool ends_chunk);

    // The next message that is whole, until the next call of a member. Nothing: there is none, or
    // gave_up().
    std::optional<log_message> next();

    // What came is no log with times. It is in take_rest(), and so is all that comes.
    bool gave_up() const { return gave_up_; }

    // What no message was made of, and is forgotten.
    std::string take_rest();

private:
    enum class shape { unknown, framed, plain };

    std::optional<log_message> next_frame(std::string_view unread);
    std::optional<log_message> next_chunk(std::string_view unread);
    std::nullopt_t give_up();

    std::string bytes_;
    std::size_t used_ = 0;
    bool chunk_is_whole_ = false;
    shape shape_ = shape::unknown;
    bool gave_up_ = false;
};

}  // namespace proxy
