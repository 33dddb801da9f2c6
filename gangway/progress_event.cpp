// From a JSON line to what has happened.
#include "gangway/progress_event.hpp"

#include "gangway/failure.hpp"
#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

namespace gangway {
namespace {

using nlohmann::json;

std::chrono::milliseconds duration(const json& value)
{
    return std::chrono::milliseconds(value.get<std::chrono::milliseconds::rep>());
}

progress_event event_of(const json& line)
{
    if (const auto error = line.find("error"); error != line.end())
        return work_failed{error->get<std::string>()};
    if (line.contains("done"))
        return work_done{line.at("state").get<std::string>(), duration(line.at("elapsed_ms"))};
    if (const auto expected = line.find("expected"); expected != line.end()) {
        stages_expected result;
        for (const auto& each : *expected)
            result.stages.push_back(
                {each.at("stage").get<std::string>(), duration(each.at("elapsed_ms"))}
            );
        return result;
    }
    if (const auto bytes = line.find("bytes"); bytes != line.end())
        return stage_under_way{
            line.at("stage").get<std::string>(),
            duration(line.at("elapsed_ms")),
            bytes->get<std::uint64_t>(),
            line.value("of", std::uint64_t{0})};
    stage_complete result{line.at("stage").get<std::string>(), duration(line.at("elapsed_ms"))};
    if (const auto guest = line.find("guest_ms"); guest != line.end())
        result.guest = duration(*guest);
    return result;
}

}  // namespace

progress_event parse_progress(std::string_view line)
{
    try {
        return event_of(json::parse(line));
    } catch (const json::exception&) {
        throw failure(
            "the daemon's progress cannot be understood: \"" + printable(line.substr(0, 200)) +
            "\"; are gangway and gangwayd of the same version (`gangway version`)?"
        );
    }
}

}  // namespace gangway
