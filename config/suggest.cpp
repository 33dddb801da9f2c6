// Finds the setting that an unknown key was meant to be: a neighbour, or the right name elsewhere.
#include "config/suggest.hpp"

#include "config/nearest.hpp"
#include "config/table.hpp"

#include <algorithm>
#include <vector>

namespace config {
namespace {

// The names that `section` may hold; for the top level, of sections and settings.
std::vector<std::string_view> names_in(std::string_view section)
{
    std::vector<std::string_view> names;
    for (const auto& row : table()) {
        const auto inside = section_of(row.path);
        const auto name = section.empty() && !inside.empty() ? inside : name_of(row.path);
        if (inside != section && !section.empty()) continue;
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

// How to write the setting at `path` in the file.
std::string as_written(std::string_view path)
{
    const auto section = section_of(path);
    return section.empty() ? in_quotes(path)
                           : in_quotes(section) + ": { " + in_quotes(name_of(path)) + ": … }";
}

}  // namespace

std::string join(std::string_view section, std::string_view name)
{
    return section.empty() ? std::string(name) : std::string(section) + "." + std::string(name);
}

bool is_section(std::string_view name)
{
    return !name.empty() && std::ranges::any_of(table(), [&](const row& row) {
        return section_of(row.path) == name;
    });
}

std::string about_unknown(std::string_view section, std::string_view name, bool of_instance)
{
    const std::string unknown = "is not a setting; ";
    auto siblings = names_in(section);
    if (section.empty() && !of_instance) siblings.push_back("instances");
    if (const auto meant = nearest(name, siblings))
        return unknown + "did you mean " + in_quotes(join(section, *meant)) + "?";

    // The right name in the wrong place.
    std::vector<std::string_view> paths;
    std::vector<std::string_view> names;
    for (const auto& row : table()) {
        paths.push_back(row.path);
        names.push_back(name_of(row.path));
    }
    if (const auto meant = nearest(name, paths))
        return unknown + "did you mean " + as_written(*meant) + "?";
    if (const auto meant = nearest(name, names)) {
        const auto place = std::ranges::find(names, *meant) - names.begin();
        return unknown + "did you mean " + as_written(paths[static_cast<std::size_t>(place)]) + "?";
    }

    std::string known;
    for (const auto sibling : siblings) known += (known.empty() ? "" : ", ") + std::string(sibling);
    return unknown + "known here: " + known;
}

}  // namespace config
