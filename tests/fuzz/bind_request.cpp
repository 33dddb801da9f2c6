// Bodies that may name paths of this machine: carried elsewhere and back, every path is what it
// was.
#include "proxy/bind_request.hpp"

#include "proxy/bind_source.hpp"
#include "proxy/json_tree.hpp"
#include "proxy/msys_paths.hpp"
#include "tests/fuzz/fuzz_input.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace fuzz;
using config::path_dialect;
using nlohmann::json;
using proxy::missing_source;
using proxy::names_paths;

namespace {

constexpr std::string_view elsewhere = "/elsewhere/";

// Bytes as letters from 'a' to 'p', in which no dialect has colons or slashes to find.
std::string spelled(std::string_view bytes)
{
    std::string text;
    for (const char each : bytes) {
        const auto byte = static_cast<unsigned char>(each);
        text += static_cast<char>('a' + byte / 16);
        text += static_cast<char>('a' + byte % 16);
    }
    return text;
}

std::string read_again(std::string_view text)
{
    std::string bytes;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2)
        bytes += static_cast<char>((text[at] - 'a') * 16 + (text[at + 1] - 'a'));
    return bytes;
}

struct translator {
    names_paths what;
    path_dialect dialect;

    std::vector<std::string> sources(std::string_view body) const
    {
        std::vector<std::string> found;
        const auto look = [&found](const std::string& source, missing_source) {
            found.push_back(source);
            return source;
        };
        const auto changed = proxy::translate_paths(what, body, look, dialect);
        demand(!changed, "where no path changes, no byte does");
        return found;
    }

    std::optional<std::string> carried(std::string_view body) const
    {
        const auto carry = [](const std::string& source, missing_source) {
            return std::string(elsewhere) + spelled(source);
        };
        return proxy::translate_paths(what, body, carry, dialect);
    }

    std::optional<std::string> returned(std::string_view body) const
    {
        const auto bring_back = [](const std::string& source, missing_source) {
            demand(source.starts_with(elsewhere), "a path that was carried is found again");
            return read_again(std::string_view(source).substr(elsewhere.size()));
        };
        return proxy::translate_paths(what, body, bring_back, dialect);
    }
};

// As a second reader, which takes the last of doubled keys, sees them.
std::vector<std::string> binds_by_nlohmann(std::string_view body, path_dialect dialect)
{
    std::vector<std::string> found;
    const auto request = json::parse(body, nullptr, false);
    if (!request.is_object()) return found;
    const auto binds = request.value("/HostConfig/Binds"_json_pointer, json());
    if (!binds.is_array()) return found;
    for (const auto& bind : binds) {
        if (!bind.is_string()) continue;
        const auto text = bind.get<std::string>();
        if (const auto size = proxy::bind_source_size(text, dialect))
            found.push_back(text.substr(0, *size));
    }
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto choice = input.byte();
    const translator used{
        static_cast<names_paths>(choice % 6),
        choice / 6 % 2 == 0 ? path_dialect::posix : path_dialect::windows};
    const exact_copy copy(input.rest());
    const auto body = copy.view();

    const auto found = used.sources(body);
    if (used.what == names_paths::container && proxy::parse_json(body)) {
        for (const auto& source : binds_by_nlohmann(body, used.dialect))
            demand(std::ranges::find(found, source) != found.end(), "no bind is overlooked");
    }

    // Of those nothing can be found again: the translation refuses them.
    const auto is_list = [&](const std::string& source) {
        return used.dialect == path_dialect::windows && proxy::is_list_of_msys(source);
    };
    if (std::ranges::any_of(found, is_list)) return 0;

    const auto there = used.carried(body);
    demand(there.has_value() == !found.empty(), "every path found can be changed");
    if (!there) return 0;
    demand(!json::accept(body) || json::accept(*there), "JSON stays JSON");
    const auto back = used.returned(*there);
    demand(back.has_value(), "every path changes back");
    demand(used.sources(*back) == found, "every path is what it was");
    demand(used.carried(*back) == *there, "and can be carried again");
    return 0;
}
