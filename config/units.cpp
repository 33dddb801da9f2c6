// Sizes and durations: one parser and one printer over two lists of units.
#include "config/units.hpp"

#include <charconv>
#include <limits>
#include <span>

namespace config {
namespace {

struct unit {
    std::string_view suffix;
    std::uint64_t factor;
};

// Largest first: the printer takes the first that divides.
constexpr unit size_units[] = {
    {"TiB", gibibytes(1024).bytes},
    {"GiB", gibibytes(1).bytes},
    {"MiB", mebibytes(1).bytes},
};
constexpr unit duration_units[] = {{"h", 3600}, {"m", 60}, {"s", 1}};

std::optional<std::uint64_t> parse(std::string_view text, std::span<const unit> units)
{
    std::uint64_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || text.starts_with('0')) return std::nullopt;
    const std::string_view suffix(stopped, static_cast<std::size_t>(end - stopped));
    for (const auto& unit : units) {
        if (unit.suffix != suffix) continue;
        if (count > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
        return count * unit.factor;
    }
    return std::nullopt;
}

std::string print(
    std::uint64_t value, std::span<const unit> units, std::string_view suffix_of_the_rest
)
{
    for (const auto& unit : units)
        if (value != 0 && value % unit.factor == 0)
            return std::to_string(value / unit.factor) + std::string(unit.suffix);
    return std::to_string(value) + std::string(suffix_of_the_rest);
}

}  // namespace

std::optional<byte_size> parse_byte_size(std::string_view text)
{
    const auto bytes = parse(text, size_units);
    return bytes ? std::optional(byte_size{*bytes}) : std::nullopt;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text)
{
    const auto seconds = parse(text, duration_units);
    return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

std::string to_string(byte_size size)
{
    return print(size.bytes, size_units, "B");
}

std::string to_string(std::chrono::seconds duration)
{
    return print(static_cast<std::uint64_t>(duration.count()), duration_units, "s");
}

}  // namespace config
