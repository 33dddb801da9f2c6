// What is known of macOS wherever we run, and the names of a path.
#include "config/host_places.hpp"

#include "config/share.hpp"

namespace config {

host_places places_of_macos(const std::filesystem::path& users_own)
{
    host_places places;
    places.homes = "/Users";
    places.runtime = "/var/run";  // the root of its file system is read-only
    if (users_own.is_absolute()) places.temporary.push_back(normal(users_own));
    for (const std::string name : {"/etc", "/tmp", "/var"})
        places.aliases.push_back({name, "/private" + name});
    return places;
}

std::string usual_name(std::string_view path, const std::vector<host_alias>& aliases)
{
    for (const auto& alias : aliases)
        if (is_within(path, alias.leads_to))
            return alias.name + std::string(path.substr(alias.leads_to.size()));
    return std::string(path);
}

}  // namespace config
