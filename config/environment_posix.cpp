// Reads the environment of this process on Linux and macOS.
#include "config/defaults.hpp"
#include "config/environment.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace config {
namespace {

// A directory holds images when the appliance's manifest is in it.
constexpr const char* manifest = "manifest.json";

std::filesystem::path variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value ? std::filesystem::path(value) : std::filesystem::path();
}

// Service managers may start a process without HOME; the user database still knows.
std::filesystem::path home_directory(uid_t user)
{
    if (auto home = variable("HOME"); !home.empty()) return home;
    const passwd* const entry = ::getpwuid(user);
    return entry && entry->pw_dir ? std::filesystem::path(entry->pw_dir) : std::filesystem::path();
}

std::filesystem::path if_exists(std::filesystem::path directory, const char* witness)
{
    std::error_code ignored;  // what cannot be looked at does not exist for us
    return std::filesystem::exists(directory / witness, ignored) ? std::move(directory)
                                                                 : std::filesystem::path();
}

std::string either_variable(const char* name, const char* other)
{
    const auto value = variable(name);
    return value.empty() ? variable(other).string() : value.string();
}

// Debian, Red Hat, Arch and those that follow them.
std::vector<std::filesystem::path> directories_of_authorities()
{
    std::vector<std::filesystem::path> there;
    for (const char* const name :
         {"/usr/local/share/ca-certificates",
          "/etc/pki/ca-trust/source/anchors",
          "/etc/ca-certificates/trust-source/anchors"})
        if (auto directory = if_exists(name, "."); !directory.empty())
            there.push_back(std::move(directory));
    return there;
}

// Below our own prefix, or where the package gangway-image puts them whatever the prefix is.
std::filesystem::path packaged_images()
{
    auto ours = if_exists(GANGWAY_PACKAGED_IMAGES, manifest);
    return !ours.empty() ? ours : if_exists("/usr/share/gangway/images", manifest);
}

}  // namespace

environment read_environment()
{
    const auto user = ::geteuid();
    std::error_code ignored;  // a deleted working directory only matters to relative paths
    environment result{
        .system_service = user == 0,
        .home = home_directory(user),
        .xdg_runtime_dir = variable("XDG_RUNTIME_DIR"),
        .xdg_config_home = variable("XDG_CONFIG_HOME"),
        .xdg_state_home = variable("XDG_STATE_HOME"),
        .xdg_data_home = variable("XDG_DATA_HOME"),
        .user_runtime_dir = if_exists("/run/user/" + std::to_string(user), "."),
        .packaged_images = {},
        .working_directory = std::filesystem::current_path(ignored),
        .has_named_pipes = false,
        .http_proxy = either_variable("HTTP_PROXY", "http_proxy"),
        .https_proxy = either_variable("HTTPS_PROXY", "https_proxy"),
        .no_proxy = either_variable("NO_PROXY", "no_proxy"),
        .authorities = directories_of_authorities(),
        .paths = path_dialect::posix,
        .places = native_host_places(),
    };
    // Images the user built win over those of the package.
    if (if_exists(defaults(result, "default").vm.image, manifest).empty())
        result.packaged_images = packaged_images();
    return result;
}

}  // namespace config
