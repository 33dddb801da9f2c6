// Durations in words, and other people's text made harmless.
#include "gangway/wording.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gangway {

std::string stopwatch_text(std::chrono::milliseconds elapsed)
{
    elapsed = std::max(elapsed, std::chrono::milliseconds::zero());
    if (elapsed >= std::chrono::minutes(10)) {
        const auto whole = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
        return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
    }
    const auto tenths = elapsed.count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string age_text(std::chrono::seconds age)
{
    constexpr std::array<std::pair<std::chrono::seconds::rep, const char*>, 4> units{{
        {86400, "day"},
        {3600, "hour"},
        {60, "minute"},
        {1, "second"},
    }};
    for (const auto& [size, name] : units) {
        const auto count = age.count() / size;
        if (count > 0) return std::to_string(count) + " " + name + (count == 1 ? "" : "s");
    }
    return "0 seconds";
}

std::string printable(std::string_view text)
{
    std::string result(text);
    for (std::size_t index = 0; index < result.size(); ++index) {
        const auto byte = static_cast<unsigned char>(result[index]);
        // C1 controls (U+0080 to U+009F) are two bytes in UTF-8, and terminals obey them too.
        const bool c1 = byte == 0xc2 && index + 1 < result.size() &&
                        static_cast<unsigned char>(result[index + 1]) < 0xa0;
        if (c1) result.replace(index, 2, "?");
        if ((byte < 0x20 && byte != '\n') || byte == 0x7f) result[index] = '?';
    }
    return result;
}

std::string size_text(std::uint64_t bytes)
{
    constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
    const auto mebibytes = (bytes + mebibyte / 2) / mebibyte;
    if (mebibytes < 1024) return std::to_string(mebibytes) + " MiB";
    const auto tenths = (mebibytes * 10 + 512) / 1024;
    auto text = std::to_string(tenths / 10);
    if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
    return text + " GiB";
}

std::optional<std::chrono::sys_seconds> parse_time(const std::string& written)
{
    int y = 0, hour = 0, minute = 0, second = 0;
    unsigned mon = 0, d = 0;
    char zone = 0;
    const int found = std::sscanf(
        written.c_str(), "%d-%u-%uT%d:%d:%d%c", &y, &mon, &d, &hour, &minute, &second, &zone
    );
    const auto date = std::chrono::year(y) / std::chrono::month(mon) / std::chrono::day(d);
    if (found != 7 || zone != 'Z' || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

}  // namespace gangway
