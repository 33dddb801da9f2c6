// How a head is split into lines and fields, and what of them decides the framing.
#include "proxy/http_head.hpp"

#include "proxy/ignoring_case.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace proxy {
namespace {

// RFC 9110 section 5.6.2, as in golang.org/x/net/http/httpguts.
constexpr auto token_characters = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c < table.size(); ++c) {
        table.at(c) = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    for (const char mark : std::string_view("!#$%&'*+-.^_`|~")) {
        table.at(static_cast<unsigned char>(mark)) = true;
    }
    return table;
}();

bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return token_characters[static_cast<unsigned char>(c)];
    });
}

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "HTTP/1.x". Go serves any minor version of 1 as HTTP/1 and nothing else but the h2 preface.
bool is_http_1(std::string_view version)
{
    return version.size() == 8 && version.starts_with("HTTP/1.") && version[7] >= '0' &&
           version[7] <= '9';
}

// Digits alone, below 2^63 (strconv.ParseUint(…, 10, 63)).
bool parse_length(std::string_view text, std::uint64_t& length)
{
    const auto* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, length);
    return failure == std::errc() && stop == end && text.front() != '-' &&
           length <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

head_state head_parser::feed(std::string_view bytes)
{
    while (state_ == head_state::incomplete) {
        const auto line_end = bytes.find('\n', std::max(position_, scanned_));
        if (line_end == std::string_view::npos) {
            scanned_ = bytes.size();
            if (bytes.size() > max_head_size) state_ = head_state::refused;
            break;
        }
        auto line = bytes.substr(position_, line_end - position_);
        if (line.ends_with('\r')) line.remove_suffix(1);
        position_ = line_end + 1;
        if (position_ > max_head_size) {
            state_ = head_state::refused;
        } else if (line.empty() && have_start_line_) {
            state_ = finished() ? head_state::complete : head_state::refused;
        } else if (!take_line(line)) {
            state_ = head_state::refused;
        }
    }
    return state_;
}

bool head_parser::take_line(std::string_view line)
{
    if (have_start_line_) return take_field(line);
    have_start_line_ = true;
    return start_line(line);
}

bool head_parser::take_field(std::string_view line)
{
    if (line.front() == ' ' || line.front() == '\t') return !frames_last_;  // obs-fold
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const auto name = line.substr(0, colon);
    const auto value = trim(line.substr(colon + 1));
    if (!is_token(name)) return false;

    frames_last_ = false;
    if (equal_ignoring_case(name, "content-length")) {
        frames_last_ = true;
        std::uint64_t length = 0;
        if (value.empty() || !parse_length(value, length)) return false;
        if (has_length_ && length != length_) return false;
        has_length_ = true;
        length_ = length;
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
        frames_last_ = true;
        ++transfer_encodings_;
        if (transfer_encodings_ > 1 || !equal_ignoring_case(value, "chunked")) return false;
    } else {
        field(name, value);
    }
    return true;
}

body_framing head_parser::framing(body_kind otherwise) const
{
    if (transfer_encodings_ > 0) return {body_kind::chunked, 0};
    if (has_length_) {
        if (length_ == 0) return {body_kind::none, 0};
        return {body_kind::length, length_};
    }
    return {otherwise, 0};
}

bool request_head_parser::start_line(std::string_view line)
{
    const auto first = line.find(' ');
    if (first == std::string_view::npos) return false;
    const auto second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return false;
    const auto version = line.substr(second + 1);
    if (!is_token(line.substr(0, first)) || !is_http_1(version)) return false;
    head_.method = line.substr(0, first);
    head_.target = line.substr(first + 1, second - first - 1);
    head_.http_1_0 = version.back() == '0';
    return !head_.target.empty();
}

void request_head_parser::field(std::string_view name, std::string_view value)
{
    if (equal_ignoring_case(name, "upgrade")) head_.upgrade = true;
    if (equal_ignoring_case(name, "expect") && equal_ignoring_case(value, "100-continue"))
        head_.expects_continue = true;
}

bool request_head_parser::finished()
{
    // Go's releases differ on Transfer-Encoding in HTTP/1.0 (golang/go#12785): not ours to decide.
    if (head_.http_1_0 && has_transfer_encoding()) return false;
    head_.body = framing(body_kind::none);
    return true;
}

bool response_head_parser::start_line(std::string_view line)
{
    if (line.size() < 12 || !is_http_1(line.substr(0, 8)) || line[8] != ' ') return false;
    head_.closes = line[7] == '0';
    const auto* code = line.data() + 9;
    const auto [stop, failure] = std::from_chars(code, code + 3, head_.status);
    return failure == std::errc() && stop == code + 3 && head_.status >= 100 &&
           (line.size() == 12 || line[12] == ' ');
}

void response_head_parser::field(std::string_view name, std::string_view value)
{
    if (equal_ignoring_case(name, "connection") && !equal_ignoring_case(value, "keep-alive"))
        head_.closes = true;
}

bool response_head_parser::finished()
{
    head_.body = framing(body_kind::until_close);
    return true;
}

}  // namespace proxy
