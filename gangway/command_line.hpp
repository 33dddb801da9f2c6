// What the user asks for, from the words of the command line. Pure: prints nothing, ends nothing.
#pragma once

#include "config/load.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gangway {

enum class verb { up, down, restart, sleep, wake, status, why, ssh, logs, version };

struct invocation {
    verb what = verb::status;
    // --config, --instance and --control.
    config::overrides where;
    std::string depth = "save";              // sleep: "pause", "save" or "off"
    bool json = false;                       // status --json
    bool serial = false;                     // logs --serial
    bool follow = false;                     // logs --follow
    std::vector<std::string> ssh_arguments;  // everything after "ssh", untouched
};

// Something to print on standard output, and that is all.
struct answer {
    std::string text;
};

// `words` are the arguments without the program's name. --help and --version make an answer.
// Throws failure with exit_status::usage.
std::variant<invocation, answer> parse_command_line(std::vector<std::string> words);

}  // namespace gangway
