// Lines first, then fields, then what they mean, as Go does it.
#include "tests/fuzz/go_reading.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace fuzz {
namespace {

using fields = std::vector<std::pair<std::string, std::string>>;

// bufio.Reader.ReadLine: up to LF, without it and without one CR before it.
std::optional<std::string> take_line(std::string_view& bytes)
{
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    auto line = std::string(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

std::string trim(std::string text)
{
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.back())) text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
    return text;
}

std::string lower(std::string text)
{
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

// httpguts.IsTokenRune over a string.
bool is_token(const std::string& text)
{
    const std::string_view others = "()<>@,;:\\\"/[]?={} \t";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return c > 0x20 && c < 0x7F && others.find(c) == std::string_view::npos;
    });
}

// textproto.Reader.ReadMIMEHeader. An accepted result has taken the blank line, too.
verdict take_fields(std::string_view& bytes, fields& found)
{
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    if (!bytes.empty() && blank(bytes.front())) return verdict::rejected;
    for (;;) {
        auto line = take_line(bytes);
        if (!line) return verdict::incomplete;
        if (line->empty()) return verdict::accepted;
        if (line->find(':') == std::string::npos) return verdict::rejected;
        auto whole = trim(*line);
        while (!bytes.empty() && blank(bytes.front())) {
            const auto more = take_line(bytes);
            if (!more) return verdict::incomplete;
            whole += " " + trim(*more);
        }
        if (bytes.empty()) return verdict::incomplete;  // the next line might continue this one
        const auto colon = whole.find(':');
        const auto name = whole.substr(0, colon);
        if (!is_token(name)) return verdict::rejected;
        found.emplace_back(lower(name), trim(whole.substr(colon + 1)));
    }
}

std::vector<std::string> values_of(const fields& all, std::string_view name)
{
    std::vector<std::string> values;
    for (const auto& field : all)
        if (field.first == name) values.push_back(field.second);
    return values;
}

// readTransfer for a request. Nothing: an error.
std::optional<proxy::body_framing> framing(const fields& all, char minor_version)
{
    using proxy::body_kind;
    const auto encodings = values_of(all, "transfer-encoding");
    if (!encodings.empty() && minor_version != '0') {
        if (encodings.size() != 1 || lower(encodings[0]) != "chunked") return std::nullopt;
        return proxy::body_framing{body_kind::chunked, 0};
    }
    const auto lengths = values_of(all, "content-length");
    if (lengths.empty()) return proxy::body_framing{};
    std::uint64_t length = 0;
    for (const auto& text : lengths)
        if (text != lengths[0]) return std::nullopt;
    if (lengths[0].empty()) return std::nullopt;
    for (const char c : lengths[0]) {
        if (c < '0' || c > '9') return std::nullopt;
        if (length > (UINT64_MAX >> 1) / 10) return std::nullopt;
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (length > UINT64_MAX >> 1) return std::nullopt;
    return proxy::body_framing{length > 0 ? body_kind::length : body_kind::none, length};
}

int hex(char c)
{
    const auto digit = std::string_view("0123456789abcdef").find(lower(std::string(1, c)));
    return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

// The chunk-size on a line that still has its LF; nothing: an error.
std::optional<std::uint64_t> chunk_size(std::string line)
{
    if (line.size() >= 4096) return std::nullopt;
    while (!line.empty() && std::string_view(" \t\r\n").find(line.back()) != std::string_view::npos)
        line.pop_back();
    line = line.substr(0, line.find(';'));
    if (line.empty() || line.size() > 16) return std::nullopt;
    std::uint64_t size = 0;
    for (const char c : line) {
        if (hex(c) < 0) return std::nullopt;
        size = size * 16 + static_cast<std::uint64_t>(hex(c));
    }
    return size;
}

}  // namespace

go_head go_reads_request(std::string_view bytes)
{
    const auto all = bytes.size();
    go_head result;
    const auto line = take_line(bytes);
    if (!line) return result;
    result.what = verdict::rejected;
    const auto first = line->find(' ');
    const auto second = first == std::string::npos ? first : line->find(' ', first + 1);
    if (second == std::string::npos) return result;
    const auto version = line->substr(second + 1);
    const bool known = version.size() == 8 && version.compare(0, 7, "HTTP/1.") == 0;
    if (!known || version[7] < '0' || version[7] > '9') return result;
    result.method = line->substr(0, first);
    result.target = line->substr(first + 1, second - first - 1);
    if (!is_token(result.method) || result.target.empty()) return result;

    fields found;
    const auto fields_verdict = take_fields(bytes, found);
    if (fields_verdict != verdict::accepted) {
        result.what = fields_verdict;
        return result;
    }
    const auto body = framing(found, version[7]);
    if (!body) return result;
    result.what = verdict::accepted;
    result.size = all - bytes.size();
    result.body = *body;
    result.upgrade = !values_of(found, "upgrade").empty();
    return result;
}

go_body go_reads_chunked(std::string_view bytes)
{
    const auto all = bytes.size();
    for (;;) {
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos) return {};
        const auto size = chunk_size(std::string(bytes.substr(0, end + 1)));
        bytes.remove_prefix(end + 1);
        if (!size) return {verdict::rejected, 0};
        if (*size == 0) break;
        if (*size > bytes.size() || bytes.size() - *size < 2) {
            const bool wrong = *size + 1 == bytes.size() && bytes.back() != '\r';
            return {wrong ? verdict::rejected : verdict::incomplete, 0};
        }
        if (bytes.substr(static_cast<std::size_t>(*size), 2) != "\r\n") {
            return {verdict::rejected, 0};
        }
        bytes.remove_prefix(static_cast<std::size_t>(*size) + 2);
    }
    fields trailer;
    const auto what = take_fields(bytes, trailer);
    return {what, what == verdict::accepted ? all - bytes.size() : 0};
}

}  // namespace fuzz
