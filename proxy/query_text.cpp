// Names and values of a query, taken apart one after another.
#include "proxy/query_text.hpp"

#include "proxy/ignoring_case.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace proxy {
namespace {

// What is no escape stays: Go refuses such a query, and dockerd the request.
std::string unescaped(std::string_view text)
{
    std::string plain;
    while (!text.empty()) {
        unsigned char byte = 0;
        const auto digits = text.front() == '%' ? text.substr(1, 2) : std::string_view();
        const auto* end = digits.data() + digits.size();
        const bool is_escape =
            digits.size() == 2 && std::from_chars(digits.data(), end, byte, 16).ptr == end;
        if (is_escape)
            plain += static_cast<char>(byte);
        else
            plain += text.front() == '+' ? ' ' : text.front();
        text.remove_prefix(is_escape ? 3 : 1);
    }
    return plain;
}

// "a=1&b=2" -> "a" and "1", leaving "b=2".
std::pair<std::string, std::string_view> take_pair(std::string_view& query)
{
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto name = pair.substr(0, pair.find('='));
    return {unescaped(name), pair.substr(std::min(pair.size(), name.size() + 1))};
}

}  // namespace

std::string_view query_of(std::string_view target)
{
    const auto mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

std::optional<std::string> query_value(std::string_view query, std::string_view name)
{
    while (!query.empty()) {
        const auto [found, value] = take_pair(query);
        if (found == name) return unescaped(value);
    }
    return std::nullopt;
}

std::string without_query_value(std::string_view target, std::string_view name)
{
    auto query = query_of(target);
    std::string rest(target.substr(0, target.find('?')));
    char before = '?';
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        if (take_pair(query).first == name) continue;
        rest += std::exchange(before, '&');
        rest += pair;
    }
    return rest;
}

std::string with_query_value(std::string_view target, std::string_view name, std::string_view value)
{
    auto changed = without_query_value(target, name);
    changed += changed.find('?') == std::string::npos ? '?' : '&';
    return changed.append(name).append("=").append(value);
}

bool asked_for_in_query(std::string_view query, std::string_view part)
{
    while (!query.empty()) {
        const auto [name, value] = take_pair(query);
        if (name.find(part) != std::string::npos && is_true(unescaped(value))) return true;
    }
    return false;
}

bool is_true(std::string_view value)
{
    constexpr auto no = std::to_array<std::string_view>({"", "0", "no", "false", "none"});
    constexpr std::string_view space = " \t\r\n\v\f";
    const auto first = std::min(value.find_first_not_of(space), value.size());
    const auto word = value.substr(first, value.find_last_not_of(space) + 1 - first);
    return std::ranges::none_of(no, [word](std::string_view each) {
        return equal_ignoring_case(word, each);
    });
}

}  // namespace proxy
