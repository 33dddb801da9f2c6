// A line on the present, and one for each event of the past.
#include "gangway/why_text.hpp"

#include "gangway/status_text.hpp"
#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace gangway {
namespace {

using nlohmann::json;

std::string text(const json& object, const char* key)
{
    return object.at(key).get<std::string>();
}

std::string present(const json& vm)
{
    const auto state = text(vm, "state");
    if (state != "ready") {
        const bool asleep = state == "paused" || state == "saved";
        return "The VM is " + state + (asleep ? "; the next request wakes it." : ".");
    }
    std::string reasons;
    for (const auto& each : vm.at("sleep").at("awake_because"))
        reasons += (reasons.empty() ? "" : ", and ") + each.get<std::string>();
    if (reasons.empty()) return "The VM is awake; nobody uses it, so it sleeps when it is time.";
    return "The VM is awake: " + reasons + ".";
}

std::string past(const json& event, std::chrono::sys_seconds now)
{
    const auto when = text(event, "when");
    auto line = when;
    if (const auto time = parse_time(when))
        line += " (" + age_text(std::max(now - *time, std::chrono::seconds(0))) + " ago)";
    line += "  " + text(event, "what");
    const std::chrono::milliseconds took(event.at("took_ms").get<std::int64_t>());
    if (took.count() > 0) line += " in " + stopwatch_text(took);
    return line + ": " + text(event, "why");
}

}  // namespace

std::string why_text(std::string_view status, std::chrono::sys_seconds now)
{
    const auto object = parse_status(status);
    try {
        const auto& vm = vm_of(object, " that could sleep");
        auto all = present(vm) + "\n";
        for (const auto& each : object.at("requests")) all += "  " + each.get<std::string>() + "\n";
        const auto& history = vm.at("sleep").at("history");
        for (auto each = history.rbegin(); each != history.rend(); ++each)
            all += past(*each, now) + "\n";
        return printable(all);
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
}

}  // namespace gangway
