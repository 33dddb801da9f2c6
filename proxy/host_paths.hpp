// Paths of this machine: how they are written, and what its file system alone knows of them.
#pragma once

#include "config/host_places.hpp"
#include "config/windows_path.hpp"

#include <functional>
#include <string>
#include <vector>

namespace proxy {

// Where a path leads, links followed, and on Windows in the letters that the disk has; its end need
// not exist. `path` is normal, on Windows as in config::windows_path, and so is the answer. What
// cannot be looked at is what it says. May block.
std::string real_path(const std::string& path);

// A directory and those above it, if they are not there. What fails, fails silently. May block.
void make_directory(const std::string& path);

struct host_paths {
    config::path_dialect dialect = config::path_dialect::posix;
    std::function<std::string(const std::string&)> real = real_path;
    std::function<void(const std::string&)> make = make_directory;
    std::vector<config::host_alias> aliases = {};
};

// Of the system that this is compiled for.
host_paths native_host_paths();

}  // namespace proxy
