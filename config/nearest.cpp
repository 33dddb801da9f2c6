// Edit distance by dynamic programming over three rows.
#include "config/nearest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace config {
namespace {

// Longer words are never compared in full: no known name comes near this.
constexpr std::size_t longest_word = 64;

bool same(char left, char right)
{
    const auto plain = [](char c) {
        if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
        return c == '-' ? '_' : c;
    };
    return plain(left) == plain(right);
}

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right)
{
    std::vector<std::size_t> before_previous(right.size() + 1);
    std::vector<std::size_t> previous(right.size() + 1);
    std::vector<std::size_t> current(right.size() + 1);
    for (std::size_t column = 0; column <= right.size(); ++column) current[column] = column;

    for (std::size_t row = 1; row <= left.size(); ++row) {
        std::swap(before_previous, previous);
        std::swap(previous, current);
        current[0] = row;
        for (std::size_t column = 1; column <= right.size(); ++column) {
            const std::size_t cost = same(left[row - 1], right[column - 1]) ? 0 : 1;
            current[column] = std::min(
                {previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost}
            );
            if (row > 1 && column > 1 && same(left[row - 1], right[column - 2]) &&
                same(left[row - 2], right[column - 1]))
                current[column] = std::min(current[column], before_previous[column - 2] + 1);
        }
    }
    return current[right.size()];
}

std::optional<std::string_view> nearest(
    std::string_view word, std::span<const std::string_view> candidates
)
{
    if (word.size() > longest_word) return std::nullopt;
    std::optional<std::string_view> best;
    // Three changes, but never more than half the word: "x" is not near to "vm".
    std::size_t limit = std::min<std::size_t>(3, word.size() / 2);
    for (const auto candidate : candidates) {
        const auto distance = edit_distance(word, candidate);
        if (distance > limit || (best && distance == limit)) continue;
        best = candidate;
        limit = distance;
    }
    return best;
}

}  // namespace config
