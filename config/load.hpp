// From the configuration file and the command line to settings: everything that is wrong is found
// in one go, and every value knows where it came from.
#pragma once

#include "config/environment.hpp"
#include "config/problem.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace config {

// What the command line says, as written there. It wins over the file.
struct overrides {
    std::optional<std::string> config_file;  // --config
    std::vector<std::string> listen;         // --listen; empty: not given
    std::optional<std::string> engine;       // --engine: "vm" or an engine endpoint
    std::optional<std::string> tls_dir;      // --tls-dir
    std::optional<std::string> control;      // --control
    std::optional<std::string> log_level;    // --log-level
    std::optional<std::string> instance;     // --instance
};

struct loaded {
    settings values;
    // For each setting of the table by its path: "default", "/etc/gangway/gangway.json:12" or
    // "--listen".
    std::map<std::string, std::string, std::less<>> origins;
    // Those that the file has settings for, as it names them.
    std::vector<std::string> named_instances;
};

// A configuration file that has been read.
struct file_text {
    std::string name;
    std::string text;
};

// The settings that `file` (none: no file) and `flags` make in `where`. Pure. Throws config_error
// with every problem there is, also with what the file says of other instances. flags.config_file
// is not looked at.
loaded load(const environment& where, const std::optional<file_text>& file, const overrides& flags);

// The same from the real environment and the file that --config names, or the default file when
// there is one. A file that exists and cannot be read is a problem.
loaded load(const overrides& flags);

// The whole text of the file at `path`; nothing when there is no such file. Throws config_error
// when it cannot be read or is far too large for a configuration.
std::optional<file_text> read_file(const std::filesystem::path& path);

}  // namespace config
