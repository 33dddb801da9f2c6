// Scanners, one a kind of secret; regular expressions would need a stack as deep as a line is long.
#include "gangway/redact.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace gangway {
namespace {

constexpr std::string_view removed = "[removed]";
constexpr std::string_view blanks = " \t";
constexpr auto none = std::string_view::npos;

bool is_alphanumeric(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

bool is_of_name(char letter)
{
    return is_alphanumeric(letter) || letter == '_' || letter == '-' || letter == '.';
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

// A key's letters, line ends as they are or as JSON writes them.
bool is_of_pem_body(char letter)
{
    return is_alphanumeric(letter) || is_blank(letter) || letter == '+' || letter == '/' ||
           letter == '=' || letter == '\\';
}

// "-----BEGIN … PRIVATE KEY-----" at `at`: how long that is. 0: it is none.
std::size_t pem_line(std::string_view text, std::size_t at, std::string_view beginning)
{
    constexpr std::string_view end = "PRIVATE KEY";
    constexpr std::size_t longest_kind = 40;
    if (!text.substr(at).starts_with(beginning)) return 0;
    const auto key = text.substr(at, beginning.size() + longest_kind).find(end);
    if (key == none) return 0;
    const auto dashes = text.find_first_not_of('-', at + key + end.size());
    const auto stop = dashes == none ? text.size() : dashes;
    // "BEGIN PGP PRIVATE KEY BLOCK-----"
    const auto line = text.find("-----", at + key);
    return std::max(stop, line == none ? stop : line + 5) - at;
}

std::string without_private_keys(std::string_view text)
{
    constexpr std::string_view begin = "-----BEGIN ";
    constexpr std::string_view end = "-----END ";
    std::string result;
    while (!text.empty()) {
        const auto at = text.find("-----");
        result += text.substr(0, at);
        if (at == none) break;
        text.remove_prefix(at);
        if (pem_line(text, 0, begin) > 0) {
            // Without an end, all of what may be the key.
            auto stop = text.find(end);
            while (stop != none && pem_line(text, stop, end) == 0) stop = text.find(end, stop + 1);
            const auto size = stop == none ? text.size() : stop + pem_line(text, stop, end);
            result += removed;
            text.remove_prefix(size);
        } else if (const auto size = pem_line(text, 0, end); size > 0) {
            // Its beginning was cut off.
            while (!result.empty() && is_of_pem_body(result.back())) result.pop_back();
            result += removed;
            text.remove_prefix(size);
        } else {
            const auto dashes = std::min(text.find_first_not_of('-'), text.size());
            result += text.substr(0, dashes);
            text.remove_prefix(dashes);
        }
    }
    return result;
}

std::string without_url_secrets(std::string_view text)
{
    constexpr std::string_view before_authority = "://";
    std::string result;
    for (auto at = text.find(before_authority); at != none; at = text.find(before_authority)) {
        const auto begin = at + before_authority.size();
        result += text.substr(0, begin);
        text.remove_prefix(begin);
        // A password may hold what a URL should not: up to the last @ of the word.
        const auto word = text.substr(0, text.find_first_of(" \t\r\n\"'<>`"));
        if (const auto sign = word.rfind('@'); sign != none) {
            result += removed;
            text.remove_prefix(sign);
        }
    }
    result += text;
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

struct span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

// The value of the name that ends at `at`, if one is given to it. `option`: the name is one of a
// command line.
std::optional<span> value_after(std::string_view text, std::size_t at, bool option)
{
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
    const auto ends = to_line_end ? "\r\n" : closing > 0 ? " \t\r\n,}]" : " \t\r\n";
    return span{at, std::min(text.find_first_of(ends, at), text.size())};
}

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
        const auto value =
            names_a_secret(name) ? value_after(text, end, name.starts_with('-')) : std::nullopt;
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

// "Bearer eyJ…", wherever it stands.
std::string without_scheme_secrets(std::string_view text)
{
    constexpr std::array<std::string_view, 2> schemes{"BEARER ", "BASIC "};
    constexpr std::size_t shortest_secret = 8;
    const auto capitals = in_capitals(text);
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto scheme = std::ranges::find_if(schemes, [&](std::string_view each) {
            return (at == 0 || !is_alphanumeric(text[at - 1])) &&
                   std::string_view(capitals).substr(at).starts_with(each);
        });
        if (scheme == schemes.end()) {
            result += text[at++];
            continue;
        }
        const auto begin = at + scheme->size();
        const auto end = std::min(text.find_first_of(" \t\r\n\"',\\", begin), text.size());
        result += text.substr(at, scheme->size());
        // "basic checks" are none.
        result += end - begin < shortest_secret ? text.substr(begin, end - begin) : removed;
        at = end;
    }
    return result;
}

std::string without_home(std::string_view text, std::string_view home)
{
    while (home.ends_with('/')) home.remove_suffix(1);
    if (home.empty()) return std::string(text);
    std::string result;
    for (auto at = text.find(home); at != none; at = text.find(home)) {
        const auto after = at + home.size();
        const bool begins = at == 0 || (!is_alphanumeric(text[at - 1]) && text[at - 1] != '.');
        const bool ends = after == text.size() || (!is_alphanumeric(text[after]) &&
                                                   text[after] != '_' && text[after] != '-');
        result += text.substr(0, at);
        result += begins && ends ? "~" : home;
        text.remove_prefix(after);
    }
    result += text;
    return result;
}

}  // namespace

std::string redact(std::string_view text, std::string_view home)
{
    auto result = without_private_keys(text);
    result = without_url_secrets(result);
    result = without_named_secrets(result);
    result = without_scheme_secrets(result);
    return without_home(result, home);
}

}  // namespace gangway
