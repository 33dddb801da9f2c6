// Digits between separators; the calendar is the standard library's.
#include "proxy/stream_text.hpp"

#include "proxy/query_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace proxy {
namespace {

using std::chrono::nanoseconds;

// Nanoseconds since 1970 are counted in 63 bits: until the year 2262.
constexpr std::int64_t last_second = 9'000'000'000;

// A number of exactly `text.size()` digits.
std::optional<std::int64_t> number(std::string_view text)
{
    std::int64_t value = 0;
    const auto* const end = text.data() + text.size();
    const bool digits = !text.empty() && text.front() != '-';
    const auto read = std::from_chars(text.data(), end, value);
    if (!digits || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
}

// ".012345678" as nanoseconds, at most nine digits of it; taken off `text`.
std::optional<nanoseconds> take_fraction(std::string_view& text)
{
    if (!text.starts_with('.')) return nanoseconds(0);
    text.remove_prefix(1);
    const auto length = std::min(text.find_first_not_of("0123456789"), text.size());
    std::string digits(text.substr(0, std::min<std::size_t>(length, 9)));
    if (digits.empty()) return std::nullopt;
    text.remove_prefix(length);
    digits.resize(9, '0');
    const auto value = number(digits);
    return value ? std::optional(nanoseconds(*value)) : std::nullopt;
}

// "Z", "+01:00"
std::optional<std::chrono::minutes> parse_offset(std::string_view text)
{
    if (text == "Z") return std::chrono::minutes(0);
    const bool shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
    if (!shaped) return std::nullopt;
    const auto hours = number(text.substr(1, 2));
    const auto minutes = number(text.substr(4, 2));
    if (!hours || !minutes) return std::nullopt;
    const std::chrono::minutes offset(*hours * 60 + *minutes);
    return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<watched_stream::moment> parse_time(std::string_view text)
{
    constexpr std::string_view shape = "0000-00-00T00:00:00";
    if (text.size() <= shape.size()) return std::nullopt;
    for (std::size_t at = 0; at < shape.size(); ++at)
        if (shape[at] != '0' && text[at] != shape[at]) return std::nullopt;
    std::array<std::int64_t, 6> parts{};
    constexpr std::array<std::size_t, 6> places{0, 5, 8, 11, 14, 17};
    for (std::size_t each = 0; each < parts.size(); ++each) {
        const auto part = number(text.substr(places[each], each == 0 ? 4 : 2));
        if (!part) return std::nullopt;
        parts[each] = *part;
    }
    text.remove_prefix(shape.size());
    const auto fraction = take_fraction(text);
    const auto offset = parse_offset(text);
    const std::chrono::year_month_day day(
        std::chrono::year(static_cast<int>(parts[0])),
        std::chrono::month(static_cast<unsigned>(parts[1])),
        std::chrono::day(static_cast<unsigned>(parts[2]))
    );
    const bool counted = parts[0] >= 1970 && parts[0] < 2262;
    if (!fraction || !offset || !day.ok() || !counted) return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(parts[3]) +
           std::chrono::minutes(parts[4]) + std::chrono::seconds(parts[5]) - *offset + *fraction;
}

std::string to_since(watched_stream::moment at)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    auto digits = std::to_string((at - seconds).count());
    digits.insert(0, 9 - digits.size(), '0');
    return std::to_string(seconds.time_since_epoch().count()) + "." + digits;
}

std::optional<watched_stream::moment> parse_since(std::string_view text)
{
    const auto dot = std::min(text.find('.'), text.size());
    const auto seconds = number(text.substr(0, dot));
    text.remove_prefix(dot);
    const auto fraction = take_fraction(text);
    if (!seconds || !fraction || !text.empty() || *seconds > last_second) return std::nullopt;
    return watched_stream::moment(std::chrono::seconds(*seconds) + *fraction);
}

std::optional<watched_stream::moment> clock_in(std::string_view info)
{
    const auto said = nlohmann::json::parse(info, nullptr, false);
    const bool tells = said.is_object() && said.contains("SystemTime");
    if (!tells || !said["SystemTime"].is_string()) return std::nullopt;
    return parse_time(said["SystemTime"].get<std::string>());
}

watched_stream::moment not_before(std::string_view target, watched_stream::moment at)
{
    const auto since = parse_since(query_value(query_of(target), "since").value_or(""));
    return std::max(since.value_or(at), at);
}

}  // namespace proxy
