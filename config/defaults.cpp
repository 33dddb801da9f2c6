// The built-in settings: XDG base directories for a user, the FHS for the system service.
#include "config/defaults.hpp"

#include <algorithm>

namespace config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view default_instance = "default";
constexpr std::size_t longest_instance_name = 31;

fs::path base_directory(const fs::path& xdg_value, const environment& where, const char* fallback)
{
    if (xdg_value.is_absolute()) return xdg_value;
    return where.home / fallback;
}

fs::path state_directory(const environment& where, std::string_view instance)
{
    if (where.system_service) return where.places.state / instance;
    return base_directory(where.xdg_state_home, where, ".local/state") / "gangway" / instance;
}

// Sockets of the default instance are not in a directory of its name: their paths are what people
// write into DOCKER_HOST.
fs::path runtime_directory(const environment& where, std::string_view instance)
{
    fs::path base;
    if (where.system_service)
        base = where.places.runtime;
    else if (where.xdg_runtime_dir.is_absolute())
        base = where.xdg_runtime_dir;
    else if (where.user_runtime_dir.is_absolute())
        base = where.user_runtime_dir;
    else
        return state_directory(where, instance) / "run";
    base /= "gangway";
    return instance == default_instance ? base : base / instance;
}

fs::path image_directory(const environment& where)
{
    if (!where.packaged_images.empty()) return where.packaged_images;
    if (where.system_service) return where.places.state / "images";
    return base_directory(where.xdg_data_home, where, ".local/share") / "gangway/images";
}

// On Windows what is temporary lies below the home directory. The service has none of its own.
std::vector<share> default_shares_on_windows(const environment& where)
{
    const auto home = where.system_service ? std::string("C:\\Users")
                                           : read_windows_path(where.home.string()).text;
    if (!is_on_drive(home)) return {};
    return {placed_in_guest({home})};
}

// What people mount: their own files, and what tools put into a temporary directory.
std::vector<share> default_shares(const environment& where)
{
    if (where.paths == path_dialect::windows) return default_shares_on_windows(where);
    std::vector<share> shares;
    const auto home = where.system_service ? where.places.homes : normal(where.home);
    const bool plain = home.is_absolute() && !obstacle_to_sharing(home) &&
                       placed_in_guest({home}).elsewhere.empty();
    if (plain) shares.push_back({home, true});
    for (const auto& temporary : where.places.temporary)
        if (home != temporary) shares.push_back({temporary, true});
    return shares;
}

// The name that every client looks for, for the instance that has one to itself.
constexpr std::string_view docker_pipe = "docker_engine";

listen_endpoint default_docker(const environment& where, std::string_view instance)
{
    if (!where.has_named_pipes)
        return unix_endpoint{runtime_directory(where, instance) / "docker.sock"};
    if (instance == default_instance) return pipe_endpoint{std::string(docker_pipe)};
    return pipe_endpoint{"gangway-" + std::string(instance)};
}

pipe_endpoint default_control_pipe(std::string_view instance, const docker_socket_settings& docker)
{
    auto base = "gangway-" + std::string(instance);
    for (const auto& endpoint : docker.listen)
        if (const auto* const pipe = std::get_if<pipe_endpoint>(&endpoint)) {
            base = pipe->name;
            break;
        }
    if (base == docker_pipe) base = "gangway";
    return {base + "-control"};
}

}  // namespace

bool is_instance_name(std::string_view name)
{
    return !name.empty() && name.size() <= longest_instance_name && name.front() != '-' &&
           name != "images" && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

settings defaults(const environment& where, std::string_view instance)
{
    settings result;
    result.instance = instance;
    result.state_dir = state_directory(where, instance);
    result.docker.listen = {default_docker(where, instance)};
    result.shares = default_shares(where);
    result.control.listen = default_control(where, instance, result.docker);
    result.vm.image = image_directory(where);
    result.engine.http_proxy = where.http_proxy;
    result.engine.https_proxy = where.https_proxy;
    result.engine.no_proxy = where.no_proxy;
    result.engine.certificates = where.authorities;
    return result;
}

fs::path default_config_file(const environment& where)
{
    if (where.system_service) return where.places.configuration / "gangway.json";
    const auto base = base_directory(where.xdg_config_home, where, ".config");
    return base.is_absolute() ? base / "gangway/gangway.json" : fs::path();
}

local_endpoint default_control(
    const environment& where, std::string_view instance, const docker_socket_settings& docker
)
{
    if (where.has_named_pipes) return default_control_pipe(instance, docker);
    for (const auto& endpoint : docker.listen)
        if (const auto* const socket = std::get_if<unix_endpoint>(&endpoint))
            return unix_endpoint{socket->path.parent_path() / "control.sock"};
    return unix_endpoint{runtime_directory(where, instance) / "control.sock"};
}

}  // namespace config
