// What the defaults depend on: who runs the program and on which machine. A plain value, so that
// everything derived from it is pure; only read_environment() looks at the real process.
#pragma once

#include "config/host_places.hpp"
#include "config/windows_path.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace config {

// Empty paths mean "not set". XDG values are taken as they are found; those that are not absolute
// are ignored where they are used, as the XDG base directory specification asks.
struct environment {
    // Run by root: system-wide paths in place of the user's own.
    bool system_service = false;
    std::filesystem::path home;
    std::filesystem::path xdg_runtime_dir;
    std::filesystem::path xdg_config_home;
    std::filesystem::path xdg_state_home;
    std::filesystem::path xdg_data_home;
    // /run/user/UID when it exists: a login without XDG_RUNTIME_DIR (su, cron) still finds it.
    std::filesystem::path user_runtime_dir;
    // The images that came with the package, when there are any and the user has none of their own.
    std::filesystem::path packaged_images;
    // What paths on the command line are relative to.
    std::filesystem::path working_directory;
    bool has_named_pipes = false;
    // HTTP_PROXY and its like, in capitals or else in small letters. Empty: not set.
    std::string http_proxy = {};
    std::string https_proxy = {};
    std::string no_proxy = {};
    // The directories that there are of those where a machine's own authorities are.
    std::vector<std::filesystem::path> authorities = {};
    path_dialect paths = path_dialect::posix;
    host_places places = {};
};

// The environment of this process.
environment read_environment();

}  // namespace config
