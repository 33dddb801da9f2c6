// Where a kind of host has what its users know by name. A plain value; one source file a system
// says which this one has.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace config {

// `name` is a symbolic link to `leads_to` on every host of the kind.
struct host_alias {
    std::string name;
    std::string leads_to;
    bool operator==(const host_alias&) const = default;
};

// Those of Linux, unless said otherwise.
struct host_places {
    std::filesystem::path homes = "/home";
    // Of a daemon that serves the whole machine.
    std::filesystem::path state = "/var/lib/gangway";
    std::filesystem::path configuration = "/etc/gangway";
    // Of the system's services, emptied at each boot.
    std::filesystem::path runtime = "/run";
    // Where tools put what they hand to containers. Absolute and normal.
    std::vector<std::filesystem::path> temporary = {"/tmp"};
    std::vector<host_alias> aliases = {};
};

// `users_own`: the temporary directory that each user has, "/var/folders/xx/…/T/". Empty: not
// known.
host_places places_of_macos(const std::filesystem::path& users_own);

// Of this system.
host_places native_host_places();

// `path`, which is normal, by the name that people and engines know: "/var/run/x" for
// "/private/var/run/x".
std::string usual_name(std::string_view path, const std::vector<host_alias>& aliases);

}  // namespace config
