// JSON: {"boot": [["image", 3], …], "restore": […]}, in milliseconds.
#include "vmctl/start_record.hpp"

#include "vmctl/private_file.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace vmctl {
namespace {

using nlohmann::json;

const char* name_of(start_kind kind)
{
    return kind == start_kind::boot ? "boot" : "restore";
}

// A file that is not there, or damaged, is as good as an empty one: it is only a guess.
json content_of(const std::filesystem::path& file)
{
    try {
        auto content = json::parse(read_file(file), nullptr, false);
        if (content.is_object()) return content;
    } catch (const storage_error&) {
    }
    return json::object();
}

}  // namespace

std::vector<stage_event> start_record::of(start_kind kind) const
{
    std::vector<stage_event> timeline;
    const auto content = content_of(file_);
    const auto found = content.find(name_of(kind));
    if (found == content.end()) return timeline;
    try {
        for (const auto& each : *found) {
            stage_event stage;
            stage.name = each.at(0).get<std::string>();
            stage.elapsed = std::chrono::milliseconds(each.at(1).get<std::int64_t>());
            timeline.push_back(std::move(stage));
        }
    } catch (const json::exception&) {
        return {};
    }
    return timeline;
}

void start_record::keep(start_kind kind, const std::vector<stage_event>& timeline) const
{
    auto content = content_of(file_);
    auto& stages = content[name_of(kind)] = json::array();
    for (const auto& each : timeline)
        stages.push_back(json::array({each.name, each.elapsed.count()}));
    write_file(file_, content.dump(), 0600);
}

std::filesystem::path start_record_in(const std::filesystem::path& state_dir)
{
    return state_dir / "start_times";
}

}  // namespace vmctl
