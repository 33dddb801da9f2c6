// Frames by their length, and chunks.
#include "proxy/log_message.hpp"

#include "proxy/stream_text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace proxy {
namespace {

constexpr std::size_t frame_head = 8;
constexpr char engine_errors = 3;  // stdcopy.Systemerr

// Far beyond dockerd's 16 KiB (moby daemon/logger/copier.go) and the labels that may come with
// them.
constexpr std::size_t longest_message = std::size_t{4} << 20;

// jsonmessage.RFC3339NanoFixed has 30 characters with Z and 35 with an offset, and a space follows.
constexpr std::size_t longest_time = 36;

std::size_t length_in(std::string_view head)
{
    std::size_t length = 0;
    for (const char each : head.substr(4, 4))
        length = length << 8 | static_cast<unsigned char>(each);
    return length;
}

// With its space. Empty: there is none yet.
std::string_view time_before(std::string_view text)
{
    const auto space = text.substr(0, longest_time).find(' ');
    return space == std::string_view::npos ? std::string_view() : text.substr(0, space + 1);
}

std::optional<watched_stream::moment> moment_of(std::string_view time)
{
    return time.empty() ? std::nullopt : parse_time(time.substr(0, time.size() - 1));
}

}  // namespace

void log_splitter::add(std::string_view bytes, bool ends_chunk)
{
    bytes_.erase(0, std::exchange(used_, 0));
    bytes_ += bytes;
    chunk_is_whole_ = ends_chunk;
}

std::optional<log_message> log_splitter::next()
{
    const auto unread = std::string_view(bytes_).substr(used_);
    if (gave_up_ || unread.empty()) return std::nullopt;
    // A year never begins like the number of a stream.
    if (shape_ == shape::unknown)
        shape_ = unread.front() <= engine_errors ? shape::framed : shape::plain;
    return shape_ == shape::framed ? next_frame(unread) : next_chunk(unread);
}

std::string log_splitter::take_rest()
{
    auto rest = bytes_.substr(used_);
    bytes_.clear();
    used_ = 0;
    shape_ = gave_up_ ? shape_ : shape::unknown;
    return rest;
}

std::optional<log_message> log_splitter::next_frame(std::string_view unread)
{
    if (unread.size() < frame_head) return std::nullopt;
    const auto head = unread.substr(0, frame_head);
    const auto length = length_in(head);
    if (head[0] > engine_errors || head.substr(1, 3) != std::string_view("\0\0\0", 3) ||
        length > longest_message)
        return give_up();
    if (unread.size() < frame_head + length) return std::nullopt;
    const auto text = unread.substr(frame_head, length);
    log_message message{std::nullopt, head, {}, text};
    if (head[0] != engine_errors) {
        message.time = time_before(text);
        message.at = moment_of(message.time);
        if (!message.at) return give_up();
        message.text.remove_prefix(message.time.size());
    }
    used_ += frame_head + length;
    return message;
}

std::optional<log_message> log_splitter::next_chunk(std::string_view unread)
{
    if (unread.size() > longest_message) return give_up();
    if (!chunk_is_whole_) return std::nullopt;
    log_message message{std::nullopt, {}, {}, unread};
    const auto time = time_before(unread);
    message.at = moment_of(time);
    if (message.at) {
        message.time = time;
        message.text.remove_prefix(time.size());
    }
    used_ += unread.size();
    return message;
}

std::nullopt_t log_splitter::give_up()
{
    gave_up_ = true;
    return std::nullopt;
}

}  // namespace proxy
