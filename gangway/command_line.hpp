// What the user asks for, from the words of the command line. Pure: prints nothing, ends nothing.
#pragma once

#include "config/load.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gangway {

enum class verb {
    up,
    down,
    restart,
    poweroff,
    reset,
    remove,
    grow_disk,
    download,
    upgrade,
    sleep,
    wake,
    status,
    why,
    ls,
    info,
    ip,
    ports,
    mounts,
    doctor,
    ssh,
    cp,
    logs,
    config,
    env,
    context_install,
    context_remove,
    socket_link,
    socket_unlink,
    completion,
    version,
};

struct invocation {
    verb what = verb::status;
    // --config, --instance and --control.
    config::overrides where;
    bool json = false;
    bool quiet = false;
    std::string depth = "save";               // sleep: "pause", "save" or "off"
    bool serial = false;                      // logs
    bool follow = false;                      // logs
    std::vector<std::string> passed_on;       // everything after "ssh" or "cp", untouched
    bool yes = false;                         // delete, socket link: do not ask
    bool keep_data = false;                   // delete
    std::optional<std::string> shell;         // env, completion: its name
    bool unset = false;                       // env
    std::optional<std::string> context_name;  // context
    bool use = false;                         // context install: select it
    std::vector<std::string> places;          // socket: paths
    std::string size;                         // disk grow: "100GiB"
    std::optional<std::string> bundle;        // doctor: a file
    std::optional<std::string> image;         // download, upgrade: a path or a URL
    std::optional<std::string> sha256;        // of that
};

// Something to print on standard output, and that is all.
struct answer {
    std::string text;
};

// `words` are the arguments without the program's name. --help and --version make an answer.
// Throws failure with exit_status::usage.
std::variant<invocation, answer> parse_command_line(std::vector<std::string> words);

// For completion: a command as it may be written, with its own options and subcommands.
struct command_words {
    std::vector<std::string> names;    // aliases follow the name
    std::vector<std::string> options;  // "--json", "-f"
    std::vector<std::string> subcommands;
    std::string text;  // what it does
};

struct program_words {
    std::vector<std::string> options;
    std::vector<command_words> commands;
};

program_words known_words();

}  // namespace gangway
