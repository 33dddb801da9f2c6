// Which known name somebody probably meant by one that is not known.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace config {

// How many letters have to be added, removed, replaced or swapped with their neighbour to turn one
// word into the other (optimal string alignment). Case and '-' against '_' cost nothing.
std::size_t edit_distance(std::string_view left, std::string_view right);

// The candidate closest to `word`, the first of equals; nothing when none is close enough to be
// worth naming.
std::optional<std::string_view> nearest(
    std::string_view word, std::span<const std::string_view> candidates
);

}  // namespace config
