// Finds names first, then the form that a value is given in.
#include "gangway/named_secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace gangway {
namespace {

constexpr std::string_view blanks = " \t";
constexpr auto none = std::string_view::npos;

bool is_of_name(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' ||
           letter == '-' || letter == '.';
}

bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

std::string in_capitals(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char letter) {
        return letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
    });
    return result;
}

bool names_a_secret(std::string_view name)
{
    constexpr std::array<std::string_view, 9> parts{
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "CREDENTIAL",
        "KEY",
        "AUTHORIZATION",
        "COOKIE"};
    const auto capitals = in_capitals(name);
    return capitals == "AUTH" || capitals == "PASS" || capitals.ends_with("_AUTH") ||
           capitals.ends_with("_PASS") || capitals.ends_with("_PWD") ||
           std::ranges::any_of(parts, [&](std::string_view part) {
               return capitals.find(part) != none;
           });
}

// A quotation mark, with the backslashes before it where it stands in a quoted text itself.
std::size_t quote_at(std::string_view text, std::size_t at)
{
    const auto mark = text.find_first_not_of('\\', at);
    if (mark == none || (text[mark] != '"' && text[mark] != '\'')) return 0;
    return mark + 1 - at;
}

// Where the text ends that begins after the quotation mark text[at, at + size).
std::size_t end_of_quoted(std::string_view text, std::size_t at, std::size_t size)
{
    const char mark = text[at + size - 1];
    for (auto end = text.find(mark, at + size); end != none; end = text.find(mark, end + 1)) {
        auto slashes = end;
        while (slashes > at + size && text[slashes - 1] == '\\') --slashes;
        if (end - slashes == size - 1) return slashes;
    }
    return text.size();
}

// Where a list or an object ends that begins at `at`.
std::size_t end_of_brackets(std::string_view text, std::size_t at)
{
    int depth = 0;
    for (auto end = at; end < text.size(); ++end) {
        if (const auto size = text[end] == '"' ? 1 : 0; size > 0)
            end = end_of_quoted(text, end, 1);
        else if (text[end] == '[' || text[end] == '{')
            ++depth;
        else if ((text[end] == ']' || text[end] == '}') && --depth == 0)
            return end + 1;
    }
    return text.size();
}

// Where a value without quotation marks ends that begins at `at`: at a blank, or with the text in
// JSON that it is in. A quotation mark elsewhere is a part of it.
std::size_t end_of_word(std::string_view text, std::size_t at)
{
    for (auto end = at; end < text.size(); ++end) {
        if (is_blank(text[end])) return end;
        if (text[end] != '"' && text[end] != '\\') continue;
        const auto mark = std::min(text.find_first_not_of('\\', end), text.size());
        if (mark < text.size() && text[mark] == '"') {
            const auto next = mark + 1;
            if (next == text.size() || is_blank(text[next]) ||
                std::string_view(",]}:").find(text[next]) != none)
                return end;
            end = mark;
        } else {
            end = mark - 1;
        }
    }
    return text.size();
}

struct span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

// Where the quotation mark begins that is right before `at`, with its backslashes. `at`: there is
// none.
std::size_t opening_quote(std::string_view text, std::size_t at)
{
    if (at == 0 || text[at - 1] != '"') return at;
    auto begin = at - 1;
    while (begin > 0 && text[begin - 1] == '\\') --begin;
    return begin;
}

// The value of the name in [begin, at), if one is given to it.
std::optional<span> value_after(std::string_view text, std::size_t begin, std::size_t at)
{
    const bool option = text[begin] == '-';
    const auto skip_blanks = [&] {
        at = std::min(text.find_first_not_of(blanks, at), text.size());
    };
    const auto closing = quote_at(text, at);
    at += closing;
    const auto after_name = at;
    skip_blanks();
    const bool given = at < text.size() && (text[at] == '=' || text[at] == ':');
    if (!given && !(option && closing == 0 && at > after_name)) return std::nullopt;
    const bool to_line_end = given && text[at] == ':' && closing == 0;
    if (given) ++at;
    if (at < text.size() && (text[at] == '=' || text[at] == '>')) ++at;  // := and =>
    skip_blanks();
    if (at == text.size()) return std::nullopt;
    if (const auto mark = quote_at(text, at); mark > 0)
        return span{at + mark, end_of_quoted(text, at, mark)};
    if (text[at] == '[' || text[at] == '{') return span{at, end_of_brackets(text, at)};
    const auto until = [&](const char* ends) {
        return span{at, std::min(text.find_first_of(ends, at), text.size())};
    };
    if (to_line_end) return until("\r\n");
    if (closing > 0) return until(" \t\r\n,}]");
    // "NAME=VALUE" as a whole.
    if (const auto quote = opening_quote(text, begin); quote < begin)
        return span{at, std::max(at, end_of_quoted(text, quote, begin - quote))};
    return span{at, end_of_word(text, at)};
}

}  // namespace

std::string without_named_secrets(std::string_view text)
{
    std::string result;
    std::size_t at = 0;
    while (at < text.size()) {
        if (!is_of_name(text[at])) {
            result += text[at++];
            continue;
        }
        const auto end = static_cast<std::size_t>(
            std::find_if_not(
                text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_of_name
            ) -
            text.begin()
        );
        const auto name = text.substr(at, end - at);
        const auto value = names_a_secret(name) ? value_after(text, at, end) : std::nullopt;
        if (!value || value->begin == value->end) {
            result += name;
            at = end;
            continue;
        }
        result += text.substr(at, value->begin - at);
        result += removed;
        at = value->end;
    }
    return result;
}

}  // namespace gangway
