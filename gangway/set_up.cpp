// Each command reads the configuration, and writes for other programs.
#include "gangway/set_up.hpp"

#include "config/defaults.hpp"
#include "config/load.hpp"
#include "config/print.hpp"
#include "gangway/completion.hpp"
#include "gangway/daemon_start.hpp"
#include "gangway/docker_context.hpp"
#include "gangway/failure.hpp"
#include "gangway/instances.hpp"
#include "gangway/shell_env.hpp"
#include "gangway/socket_link.hpp"
#include "gangway/terminal.hpp"

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gangway {
namespace {

// Empty: it is not set.
std::string variable_of(const char* name)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
    const auto* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

config::local_endpoint known_docker_socket(const config::overrides& where)
{
    const auto socket = docker_socket(config::load(where).values);
    if (!socket)
        throw failure(
            "the configuration does not say where the docker socket is, as the service manager "
            "opens it; set DOCKER_HOST to that",
            exit_status::usage
        );
    return *socket;
}

// Where links can lead.
std::filesystem::path docker_socket_file(const config::overrides& where)
{
    const auto endpoint = known_docker_socket(where);
    if (const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint))
        return socket->path;
    throw failure(
        config::to_string(endpoint) +
            " is a pipe, to which no links can be made: tools on Windows look for it by its name",
        exit_status::usage
    );
}

// What clients on this machine are to be given.
std::string docker_host(const config::overrides& where)
{
    return config::to_string(known_docker_socket(where));
}

shell_kind shell_of_user(const std::optional<std::string>& named)
{
    const auto own = variable_of("SHELL");
    const auto name = named ? *named : own.empty() ? usual_shell() : own;
    if (const auto kind = shell_named(name)) return *kind;
    throw failure(
        "the shell " + name + " is none that is known; --shell takes bash, zsh, fish, tcsh, " +
            "powershell or cmd",
        exit_status::usage
    );
}

void show_env(const invocation& asked)
{
    const auto kind = shell_of_user(asked.shell);
    std::optional<std::string> host;
    if (!asked.unset) host = docker_host(asked.where);
    std::vector<std::string> command{"gangway"};
    const auto add = [&command](const char* option, const std::optional<std::string>& value) {
        if (value) command.insert(command.end(), {option, *value});
    };
    add("--config", asked.where.config_file);
    add("--instance", asked.where.instance);
    command.emplace_back("env");
    add("--shell", asked.shell);
    if (asked.unset) command.emplace_back("--unset");
    std::cout << shell_env(kind, host, command);
}

// One an instance, unless it is named.
std::string context_name(const invocation& asked)
{
    if (asked.context_name) return *asked.context_name;
    const auto instance = asked.where.instance.value_or("default");
    return instance == "default" ? "gangway" : "gangway-" + instance;
}

void install_context(const invocation& asked)
{
    const auto name = context_name(asked);
    const docker_context context(docker_client_directory(), name);
    const auto host = docker_host(asked.where);
    context.install(host, asked.where.instance.value_or("default"));
    if (asked.use) context.select();
    std::cout << "The context " << name << " leads to " << host
              << (asked.use ? ", and is used by default.\n"
                            : "; `docker context use " + name + "` selects it.\n");
    for (const auto* const variable : {"DOCKER_HOST", "DOCKER_CONTEXT"})
        if (const auto set = variable_of(variable);
            asked.use && !set.empty() && set != host && set != name)
            std::cerr
                << "gangway: " << variable
                << " is set, and counts more than what the client uses by default; unset it\n";
}

void remove_context(const invocation& asked)
{
    docker_context(docker_client_directory(), context_name(asked)).remove();
}

// Where it was not asked for by name, the place that everybody on the machine looks at is taken by
// consent alone.
std::vector<std::filesystem::path> places_to_link(
    const invocation& asked, const std::filesystem::path& target
)
{
    if (!asked.places.empty()) return {asked.places.begin(), asked.places.end()};
    std::vector<std::filesystem::path> places{users_socket_place()};
    const auto everybodys = machines_socket_place();
    const bool wanted =
        look_at(everybodys, target) != socket_place::leads_to_us &&
        (asked.yes || confirmed(
                          "Some tools look at " + everybodys.string() +
                          " alone. Have it lead to Gangway, for everybody on this machine?"
                      ));
    if (wanted) places.push_back(everybodys);
    return places;
}

void link_sockets(const invocation& asked)
{
    const auto target = docker_socket_file(asked.where);
    for (const auto& place : places_to_link(asked, target)) {
        const auto absolute = std::filesystem::absolute(place);
        link_socket(absolute, target);
        std::cout << absolute.string() << " leads to " << target.string() << std::endl;
    }
}

void unlink_sockets(const invocation& asked)
{
    const auto target = docker_socket_file(asked.where);
    std::vector<std::filesystem::path> places(asked.places.begin(), asked.places.end());
    if (places.empty()) places = {users_socket_place(), machines_socket_place()};
    for (const auto& place : places) {
        const auto absolute = std::filesystem::absolute(place);
        if (unlink_socket(absolute, target))
            std::cout << absolute.string() << " is removed" << std::endl;
        else if (!asked.places.empty())
            throw failure(absolute.string() + " does not lead to " + target.string());
    }
}

void show_instances(const invocation& asked)
{
    const auto settings_of = [where = asked.where](const std::string& name) mutable {
        where.instance = name;
        where.control.reset();
        return config::load(where).values;
    };
    const auto usual = config::defaults(config::read_environment(), "default");
    const auto all = find_instances(
        usual.state_dir.parent_path(), config::load(asked.where).named_instances, settings_of
    );
    std::cout << (asked.json ? instances_json(all) : instances_text(all));
}

}  // namespace

bool set_up(const invocation& asked)
{
    switch (asked.what) {
        case verb::ls:
            show_instances(asked);
            return true;
        case verb::config:
            std::cout << config::print(config::load(asked.where));
            return true;
        case verb::env:
            show_env(asked);
            return true;
        case verb::context_install:
            install_context(asked);
            return true;
        case verb::context_remove:
            remove_context(asked);
            return true;
        case verb::socket_link:
            link_sockets(asked);
            return true;
        case verb::socket_unlink:
            unlink_sockets(asked);
            return true;
        case verb::completion:
            std::cout << completion_script(asked.shell.value_or(""), known_words());
            return true;
        default:
            return false;
    }
}

}  // namespace gangway
