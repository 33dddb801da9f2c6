// Scanners, one a kind of secret; regular expressions would need a stack as deep as a line is long.
#include "gangway/redact.hpp"

#include "gangway/named_secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace gangway {
namespace {

constexpr auto none = std::string_view::npos;

bool is_alphanumeric(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
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

bool begins_with_word(std::string_view text, std::string_view capitals)
{
    return text.size() >= capitals.size() &&
           std::ranges::equal(text.substr(0, capitals.size()), capitals, {}, [](unsigned char c) {
               return static_cast<char>(std::toupper(c));
           });
}

// "Bearer eyJ…", wherever it stands.
std::string without_scheme_secrets(std::string_view text)
{
    constexpr std::array<std::string_view, 2> schemes{"BEARER ", "BASIC "};
    constexpr std::size_t shortest_secret = 8;
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto* const scheme = std::ranges::find_if(schemes, [&](std::string_view each) {
            return (at == 0 || !is_alphanumeric(text[at - 1])) &&
                   begins_with_word(text.substr(at), each);
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
