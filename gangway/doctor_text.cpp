// The verdict first: the eye runs down the left edge.
#include "gangway/doctor_text.hpp"

#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace gangway {
namespace {

constexpr std::size_t verdict_width = 9;

std::string_view word(verdict judged)
{
    switch (judged) {
        case verdict::ok:
            return "ok";
        case verdict::warning:
            return "warning";
        case verdict::wrong:
            return "wrong";
    }
    return "wrong";
}

std::string_view colour_of(verdict judged)
{
    switch (judged) {
        case verdict::ok:
            return "\x1b[32m";
        case verdict::warning:
            return "\x1b[1;33m";
        case verdict::wrong:
            return "\x1b[1;31m";
    }
    return {};
}

constexpr std::string_view plain = "\x1b[0m";

// A daemon's words may be several lines; a finding is one.
std::string on_one_line(const std::string& text)
{
    auto result = printable(text);
    std::ranges::replace(result, '\n', ' ');
    return result;
}

std::string padded(std::string_view text, std::size_t width)
{
    std::string result(text);
    result.append(width - std::min(width, text.size()), ' ');
    return result;
}

std::string counted(std::size_t number, const std::string& what)
{
    return std::to_string(number) + " " + what;
}

std::string summary(const findings& all)
{
    const auto warnings = count(all, verdict::warning);
    const auto wrong = count(all, verdict::wrong);
    if (warnings + wrong == 0) return "Nothing is wrong.\n";
    return counted(all.size(), "checks: ") + counted(wrong, "wrong, ") +
           counted(warnings, warnings == 1 ? "warning.\n" : "warnings.\n");
}

}  // namespace

std::string findings_text(const findings& all, bool colour)
{
    std::size_t check_width = 0;
    for (const auto& each : all) check_width = std::max(check_width, each.check.size() + 2);
    std::string text;
    for (const auto& each : all) {
        const auto shown = padded(word(each.judged), verdict_width);
        if (colour) text += colour_of(each.judged);
        text += shown;
        if (colour) text += plain;
        text += padded(each.check, check_width) + on_one_line(each.found) + "\n";
        if (!each.advice.empty())
            text += padded({}, verdict_width + check_width) + on_one_line(each.advice) + "\n";
    }
    return text + summary(all);
}

std::string findings_json(const findings& all)
{
    auto list = nlohmann::ordered_json::array();
    for (const auto& each : all)
        list.push_back(
            {{"check", each.check},
             {"verdict", word(each.judged)},
             {"found", each.found},
             {"advice", each.advice}}
        );
    return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::size_t count(const findings& all, verdict judged)
{
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const finding& each) {
        return each.judged == judged;
    }));
}

}  // namespace gangway
