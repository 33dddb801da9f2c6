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

// Cuts what was asked for with `timestamps=1`. Frames are those of moby pkg/stdcopy, one a message
// (moby api/server/httputils/write_log_stream.go); what a terminal wrote comes without: lines, of
// which dockerd breaks those that are longer than 16 KiB (moby daemon/logger/copier.go).
class log_splitter {
public:
    // Behind what was not used of the bytes before.
    void add(std::string_view bytes);

    // The next message that is whole, until the next call of a member. Nothing: there is none, or
    // gave_up().
    std::optional<log_message> next();

    // What came is no log with times. It is in rest(), and so is all that comes.
    bool gave_up() const { return gave_up_; }

    // What no message was made of, and is forgotten.
    std::string take_rest();

private:
    enum class shape { unknown, framed, plain };

    std::optional<log_message> next_frame(std::string_view unread);
    std::optional<log_message> next_line(std::string_view unread);
    std::nullopt_t give_up();

    std::string bytes_;
    std::size_t used_ = 0;
    shape shape_ = shape::unknown;
    bool gave_up_ = false;
};

}  // namespace proxy
