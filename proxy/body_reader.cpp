// The state machine behind body_reader.
#include "proxy/body_reader.hpp"

#include <algorithm>
#include <limits>

namespace proxy {
namespace {

// maxLineLength in Go's net/http/internal/chunked.go; a longer chunk-size line is an error there.
constexpr std::size_t max_size_line = 4096;

// -1: not a hex digit.
int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

body_reader::body_reader(body_framing framing)
{
    switch (framing.kind) {
        case body_kind::none:
            break;
        case body_kind::length:
            remaining_ = framing.length;
            state_ = remaining_ > 0 ? state::data : state::finished;
            break;
        case body_kind::chunked:
            chunked_ = true;
            state_ = state::size_line;
            break;
        case body_kind::until_close:
            state_ = state::until_close;
            break;
    }
}

std::size_t body_reader::take(std::string_view bytes)
{
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        switch (state_) {
            case state::finished:
            case state::malformed:
                return taken;
            case state::until_close:
                return bytes.size();
            case state::data: {
                const auto step = std::min<std::uint64_t>(remaining_, bytes.size() - taken);
                taken += static_cast<std::size_t>(step);
                remaining_ -= step;
                if (remaining_ == 0) state_ = chunked_ ? state::data_cr : state::finished;
                break;
            }
            case state::data_cr:
                state_ = bytes[taken++] == '\r' ? state::data_lf : state::malformed;
                break;
            case state::data_lf:
                state_ = bytes[taken++] == '\n' ? state::size_line : state::malformed;
                break;
            case state::size_line:
            case state::trailer:
                take_line_byte(bytes[taken++]);
                break;
        }
    }
    return taken;
}

std::uint64_t body_reader::opaque() const
{
    if (state_ == state::until_close) return std::numeric_limits<std::uint64_t>::max();
    if (state_ != state::data) return 0;
    // The end of a message is to be noticed: its last byte goes through take().
    return chunked_ ? remaining_ : remaining_ - 1;
}

void body_reader::skip(std::uint64_t count)
{
    if (state_ != state::data) return;
    remaining_ -= count;
    if (remaining_ == 0) state_ = state::data_cr;
}

void body_reader::take_line_byte(char byte)
{
    if (byte != '\n') {
        ++line_length_;
        if (state_ == state::size_line) {
            const int value = hex_value(byte);
            if (line_length_ > max_size_line) {
                state_ = state::malformed;
            } else if (!in_extension_ && value >= 0) {
                remaining_ = remaining_ << 4 | static_cast<std::uint64_t>(value);
                // Sixteen digits are Go's limit; the top bit would make the length negative there.
                if (++digits_ > 16 || remaining_ >> 63 != 0) state_ = state::malformed;
            } else if (!in_extension_ && byte != ';' && byte != ' ' && byte != '\t' && byte != '\r') {
                state_ = state::malformed;
            } else {
                in_extension_ = true;
            }
        }
        last_ = byte;
        return;
    }

    const bool empty_line = line_length_ == 0 || (line_length_ == 1 && last_ == '\r');
    line_length_ = 0;
    last_ = 0;
    if (state_ == state::size_line) {
        end_of_size_line();
    } else if (empty_line) {
        state_ = state::finished;
    }
}

void body_reader::end_of_size_line()
{
    if (digits_ == 0) {
        state_ = state::malformed;
    } else {
        state_ = remaining_ > 0 ? state::data : state::trailer;
    }
    digits_ = 0;
    in_extension_ = false;
}

}  // namespace proxy
