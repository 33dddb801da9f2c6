// Sizes and durations as people write them: "2GiB", "5m". Pure.
#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace config {

// A whole number without leading zero, then MiB, GiB or TiB. Nothing when `text` is anything else,
// or more than 64 bits can count.
std::optional<byte_size> parse_byte_size(std::string_view text);

// A whole number without leading zero, then s, m or h.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

// In the largest unit that loses nothing. A size that is no whole number of MiB, which a
// configuration cannot hold, is written in plain bytes ("1000B").
std::string to_string(byte_size size);
std::string to_string(std::chrono::seconds duration);

}  // namespace config
