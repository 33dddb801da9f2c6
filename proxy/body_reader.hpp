// Finds where a message body ends, without holding or changing a byte of it. Pure and incremental:
// any split of the same bytes gives the same result.
#pragma once

#include "proxy/http_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace proxy {

class body_reader {
public:
    body_reader() = default;
    explicit body_reader(body_framing framing);

    // How many bytes at the start of `bytes` belong to the body, framing and trailers included.
    // Less than all of them only when the body ends there or malformed() has become true.
    std::size_t take(std::string_view bytes);

    // So many of the next bytes are certainly body, and not the last of the message: they need not
    // be looked at. Without end: std::numeric_limits<std::uint64_t>::max().
    std::uint64_t opaque() const;

    // `count` of them were moved without being looked at.
    void skip(std::uint64_t count);

    bool finished() const { return state_ == state::finished; }

    // The chunked framing is broken, or Go might read it differently: nobody can say where the
    // message ends.
    bool malformed() const { return state_ == state::malformed; }

private:
    // The states of chunked framing follow RFC 9112 section 7.1; `data` also serves Content-Length.
    enum class state {
        finished,
        data,
        until_close,
        size_line,  // chunk-size and extensions, up to LF
        data_cr,    // CR after chunk-data
        data_lf,    // LF after it
        trailer,    // trailer lines, up to an empty one
        malformed,
    };

    void take_line_byte(char byte);
    void end_of_size_line();

    state state_ = state::finished;
    bool chunked_ = false;
    std::uint64_t remaining_ = 0;  // of the body, or of the current chunk
    std::size_t line_length_ = 0;  // bytes of the current line before its LF
    unsigned digits_ = 0;          // hex digits of the current chunk-size
    bool in_extension_ = false;    // past the chunk-size: only LF matters
    char last_ = 0;                // previous byte of the line
};

}  // namespace proxy
