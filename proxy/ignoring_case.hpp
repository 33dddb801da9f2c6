// Comparing words of a protocol, which are ASCII. Pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace proxy {

// `lower_case` has no capitals.
inline bool equal_ignoring_case(std::string_view text, std::string_view lower_case)
{
    const auto same = [](char left, char right) {
        const bool capital = left >= 'A' && left <= 'Z';
        return (capital ? static_cast<char>(left - 'A' + 'a') : left) == right;
    };
    return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(), same);
}

}  // namespace proxy
