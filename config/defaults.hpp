// What Gangway does without any configuration. Pure: the same environment gives the same answer.
#pragma once

#include "config/environment.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <string_view>

namespace config {

// Lower-case letters, digits and hyphens, beginning with a letter or digit, at most 31. "images" is
// reserved: it is the directory beside the instances' state.
bool is_instance_name(std::string_view name);

// The same in words that follow "which" or a flag's name.
inline constexpr std::string_view instance_name_rule =
    "must be up to 31 lower-case letters, digits and hyphens, not beginning with a hyphen and not "
    "\"images\", which is reserved";

// The settings of `instance` before any file or flag. A path that needs a home directory is
// relative when there is none; load() reports it.
settings defaults(const environment& where, std::string_view instance);

// Where the configuration file is looked for when none is named. Empty without a home directory.
std::filesystem::path default_config_file(const environment& where);

// The control socket that goes with `docker`: control.sock beside its first Unix socket, so that
// two daemons that listen in different places never meet. Without one, in the runtime directory.
// Where there are named pipes it is one, named after the first of `docker`.
local_endpoint default_control(
    const environment& where, std::string_view instance, const docker_socket_settings& docker
);

}  // namespace config
