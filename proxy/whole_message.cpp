// Chunked framing taken off and put on (RFC 9112 section 7.1), and Content-Length (RFC 9110 8.6).
#include "proxy/whole_message.hpp"

#include "proxy/ignoring_case.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace proxy {
namespace {

constexpr std::string_view line_end = "\r\n";

bool is_named(std::string_view line, std::string_view name)
{
    return line.size() > name.size() && line[name.size()] == ':' &&
           equal_ignoring_case(line.substr(0, name.size()), name);
}

std::string with_length(std::string_view head, std::size_t length)
{
    std::string result;
    while (!head.empty()) {
        const auto line = head.substr(0, head.find('\n') + 1);
        head.remove_prefix(line.size());
        if (!is_named(line, "content-length")) {
            result += line;
            continue;
        }
        const auto begin = line.find_first_of("0123456789");
        const auto end = line.find_first_not_of("0123456789", begin);
        result += line.substr(0, begin);
        result += std::to_string(length);
        result += line.substr(end);
    }
    return result;
}

std::string hexadecimal(std::size_t number)
{
    std::string digits(2 * sizeof number, '0');
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    digits.resize(static_cast<std::size_t>(end - digits.data()));
    return digits;
}

}  // namespace

std::string unframed_body(const body_framing& framing, std::string_view framed)
{
    if (framing.kind != body_kind::chunked) return std::string(framed);
    std::string body;
    for (;;) {
        std::uint64_t size = 0;
        std::from_chars(framed.data(), framed.data() + framed.size(), size, 16);
        const auto line = framed.find('\n');
        if (size == 0 || line == std::string_view::npos) return body;
        framed.remove_prefix(line + 1);
        const auto data = framed.substr(0, size);
        body += data;
        framed.remove_prefix(data.size());
        framed.remove_prefix(std::min(framed.size(), framed.find('\n') + 1));
    }
}

std::string without_expectation(std::string_view head)
{
    std::string result;
    while (!head.empty()) {
        const auto line = head.substr(0, head.find('\n') + 1);
        head.remove_prefix(line.size());
        if (!is_named(line, "expect")) result += line;
    }
    return result;
}

std::string with_target(std::string_view head, std::string_view target)
{
    const auto begin = std::min(head.find(' '), head.size() - 1) + 1;
    const auto end = std::min(head.find(' ', begin), head.size());
    std::string changed(head.substr(0, begin));
    return changed.append(target).append(head.substr(end));
}

std::string chunk_of(std::string_view body)
{
    auto chunk = hexadecimal(body.size());
    return chunk.append(line_end).append(body).append(line_end);
}

std::string message_with_body(
    const body_framing& framing, std::string_view head, std::string_view body
)
{
    if (framing.kind != body_kind::chunked) {
        return with_length(head, body.size()) + std::string(body);
    }
    std::string message(head);
    if (!body.empty()) message += chunk_of(body);
    message += "0\r\n\r\n";
    return message;
}

}  // namespace proxy
