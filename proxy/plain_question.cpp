// A head read strictly: everything in it is known to mean nothing, or it is no plain question.
#include "proxy/plain_question.hpp"

#include "proxy/ignoring_case.hpp"

#include <algorithm>
#include <array>

namespace proxy {
namespace {

// What dockerd does not look at before it answers a GET of what there is (moby
// daemon/server/router, daemon/server/middleware), and what only observers of it read.
constexpr auto ignored = std::to_array<std::string_view>(
    {"accept",
     "accept-encoding",
     "accept-language",
     "baggage",
     "content-type",
     "traceparent",
     "tracestate",
     "user-agent"}
);

bool is_ignored(std::string_view name)
{
    return std::ranges::any_of(ignored, [name](std::string_view each) {
        return equal_ignoring_case(name, each);
    });
}

// Nothing that Go would refuse in a field's value or in a target.
bool is_printable(std::string_view text)
{
    return std::ranges::all_of(text, [](char each) { return each >= ' ' && each <= '~'; });
}

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Far less than Go's httpguts.ValidHostHeader allows, and all that clients send: names, addresses,
// and the escaped path of a socket.
bool is_plain_host(std::string_view host)
{
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:_%[]";
    return !host.empty() && host.find_first_not_of(allowed) == std::string_view::npos;
}

// "a\r\nb" -> "a", leaving "b". Nothing: no line that ends as it should.
std::optional<std::string_view> take_line(std::string_view& text)
{
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line;
}

// Nothing: it is not "GET TARGET HTTP/1.1" or the same with HEAD.
std::optional<std::string> question_in(std::string_view start_line)
{
    constexpr std::string_view version = " HTTP/1.1";
    const bool looks = start_line.starts_with("GET /") || start_line.starts_with("HEAD /");
    if (!looks || !start_line.ends_with(version) || !is_printable(start_line)) return std::nullopt;
    start_line.remove_suffix(version.size());
    if (std::ranges::count(start_line, ' ') != 1) return std::nullopt;
    return std::string(start_line);
}

}  // namespace

std::optional<std::string> plain_question(std::string_view head)
{
    const auto start_line = take_line(head);
    if (!start_line) return std::nullopt;
    auto question = question_in(*start_line);
    if (!question) return std::nullopt;
    int hosts = 0;
    for (auto line = take_line(head); line; line = take_line(head)) {
        // Go wants one Host in HTTP/1.1.
        if (line->empty()) return hosts == 1 && head.empty() ? question : std::nullopt;
        const auto colon = line->find(':');
        if (colon == std::string_view::npos || !is_printable(*line)) return std::nullopt;
        const auto name = line->substr(0, colon);
        const auto value = trim(line->substr(colon + 1));
        if (equal_ignoring_case(name, "host") && is_plain_host(value)) {
            ++hosts;
        } else if (equal_ignoring_case(name, "connection")) {
            // What HTTP/1.1 means anyway; docker-py and Node.js say it.
            if (!equal_ignoring_case(value, "keep-alive")) return std::nullopt;
        } else if (!is_ignored(name)) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace proxy
