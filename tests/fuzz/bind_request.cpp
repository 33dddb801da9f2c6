// Bodies that may name paths of this machine: carried elsewhere and back, every path is what it
// was.
#include "proxy/bind_request.hpp"

#include "proxy/json_tree.hpp"
#include "tests/fuzz/fuzz_input.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace fuzz;
using nlohmann::json;
using proxy::missing_source;
using proxy::names_paths;

namespace {

constexpr std::string_view elsewhere = "/elsewhere";

std::vector<std::string> sources(names_paths what, std::string_view body)
{
    std::vector<std::string> found;
    const auto changed =
        proxy::translate_paths(what, body, [&found](const std::string& source, missing_source) {
            found.push_back(source);
            return source;
        });
    demand(!changed, "where no path changes, no byte does");
    return found;
}

std::optional<std::string> carried(names_paths what, std::string_view body)
{
    return proxy::translate_paths(what, body, [](const std::string& source, missing_source) {
        return std::string(elsewhere) + source;
    });
}

std::optional<std::string> returned(names_paths what, std::string_view body)
{
    return proxy::translate_paths(what, body, [](const std::string& source, missing_source) {
        demand(source.starts_with(elsewhere), "a path that was carried is found again");
        return source.substr(elsewhere.size());
    });
}

// As a second reader, which takes the last of doubled keys, sees them.
std::vector<std::string> binds_by_nlohmann(std::string_view body)
{
    std::vector<std::string> found;
    const auto request = json::parse(body, nullptr, false);
    if (!request.is_object()) return found;
    const auto binds = request.value("/HostConfig/Binds"_json_pointer, json());
    if (!binds.is_array()) return found;
    for (const auto& bind : binds) {
        if (!bind.is_string()) continue;
        const auto text = bind.get<std::string>();
        if (const auto colon = text.find(':'); colon != std::string::npos)
            found.push_back(text.substr(0, colon));
    }
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto what = static_cast<names_paths>(input.byte() % 6);
    const exact_copy copy(input.rest());
    const auto body = copy.view();

    const auto found = sources(what, body);
    if (what == names_paths::container && proxy::parse_json(body)) {
        for (const auto& source : binds_by_nlohmann(body))
            demand(std::ranges::find(found, source) != found.end(), "no bind is overlooked");
    }

    const auto there = carried(what, body);
    demand(there.has_value() == !found.empty(), "every path found can be changed");
    if (!there) return 0;
    demand(!json::accept(body) || json::accept(*there), "JSON stays JSON");
    const auto back = returned(what, *there);
    demand(back.has_value(), "every path changes back");
    demand(sources(what, *back) == found, "every path is what it was");
    demand(carried(what, *back) == *there, "and can be carried again");
    return 0;
}
