// Which commands there are, in groups of what they are for.
#include "gangway/command_grammar.hpp"

#include <optional>
#include <string>

namespace gangway {
namespace {

constexpr auto description =
    R"(Controls the Gangway daemon, gangwayd, and the VM that runs the Docker engine.
The VM starts by itself at the first request of a docker client; these commands
are for whoever wants to see it happen.
)";

constexpr auto footer =
    R"(Exit status: 0 success; 1 failure; 2 wrong command line or configuration;
3 gangwayd is not running. `gangway ssh` and `cp` end with OpenSSH's own.
More in gangway(1).)";

void add_value(
    CLI::App& program,
    const std::string& name,
    std::optional<std::string>& into,
    const std::string& value_name,
    const std::string& text
)
{
    program
        .add_option_function<std::string>(
            name, [&into](const std::string& value) { into = value; }, text
        )
        ->type_name(value_name);
}

}  // namespace

command_grammar::command_grammar(invocation& result)
    : result_(result), program_{description, "gangway"}
{
    program_.footer(footer);
    // What begins with a slash is a path on Windows, too.
    program_.allow_windows_style_options(false);
    program_.require_subcommand(0, 1);  // none: ours to say, after unknown words
    program_.set_help_flag("-h,--help", "Print this help");
    program_.set_version_flag("--version", "gangway " GANGWAY_VERSION, "Print the version");
    add_value(
        program_,
        "--config",
        result.where.config_file,
        "FILE",
        "The daemon's configuration, in place of the user's own"
    );
    add_value(
        program_,
        "--instance",
        result.where.instance,
        "NAME",
        "The instance to control (default: default)"
    );
    add_value(
        program_,
        "--control",
        result.where.control,
        "ENDPOINT",
        "The daemon's control socket, unix:///PATH, or pipe, npipe:////./pipe/NAME (default: the "
        "configuration's)"
    );
    program_.add_flag("-q,--quiet", result.quiet, "Leave out what only shows progress");
    add_power();
    add_looks();
    add_ways_in();
    add_set_up();
}

CLI::App* command_grammar::add(
    const std::string& name,
    verb what,
    const std::string& text,
    std::initializer_list<const char*> aliases
)
{
    auto* const command = add_step(program_, name, what, text);
    for (const auto* const alias : aliases) command->alias(alias);
    return command;
}

CLI::App* command_grammar::add_step(
    CLI::App& group, const std::string& name, verb what, const std::string& text
)
{
    auto* const step = group.add_subcommand(name, text);
    step->callback([this, what] { result_.what = what; });
    step->fallthrough();
    return step;
}

CLI::App& command_grammar::add_group(const std::string& name, const std::string& text)
{
    auto* const group = program_.add_subcommand(name, text);
    group->require_subcommand(1);
    group->fallthrough();
    return *group;
}

void command_grammar::add_json(CLI::App* command)
{
    command->add_flag("--json", result_.json, "As JSON, for a program");
}

void command_grammar::add_power()
{
    add("up",
        verb::up,
        "Start the VM and wait until the engine answers, showing each stage",
        {"start", "boot", "init", "create"});
    add("down",
        verb::down,
        "Shut the VM down; containers and images stay on its disk",
        {"stop", "halt"});
    add("restart", verb::restart, "Shut the VM down and start it again");
    auto* const sleep =
        add("sleep",
            verb::sleep,
            "Put the VM to sleep until the next request; by default it is saved",
            {"save", "suspend"});
    auto* const depths = sleep->add_option_group("how deep");
    for (const std::string depth : {"pause", "save", "off"}) {
        const std::string text = depth == "pause" ? "It keeps its memory and wakes at once"
                                 : depth == "save"
                                     ? "Its memory goes to a file; it goes on where it stood"
                                     : "It is shut down, if no container runs";
        depths->add_flag_callback(
            "--" + depth, [this, depth] { result_.depth = depth; }, text
        );
    }
    depths->require_option(0, 1);
    add("wake",
        verb::wake,
        "Wake the VM, or start it, and wait until the engine answers",
        {"resume"});
    add("poweroff", verb::poweroff, "Cut the VM's power, as if its plug were pulled", {"kill"});
    add("reset", verb::reset, "Cut the VM's power and start it again");
    auto* const remove =
        add("delete",
            verb::remove,
            "Delete the VM with its images, containers and volumes",
            {"destroy", "rm"});
    remove->add_flag("-y,-f,--yes", result_.yes, "Do not ask");
    remove->add_flag("--keep-data", result_.keep_data, "Keep the disk, for the next VM");
    add_disk();
    add_image();
}

void command_grammar::add_disk()
{
    auto& disk = add_group("disk", "The disk of images and volumes");
    add_step(disk, "grow", verb::grow_disk, "Make it larger, while containers go on")
        ->add_option("size", result_.size, "All of it afterwards, such as 100GiB")
        ->type_name("SIZE")
        ->required();
}

void command_grammar::add_image()
{
    auto* const download =
        add("download", verb::download, "Take a new image in, beside the one that the VM has");
    auto* const upgrade =
        add("upgrade", verb::upgrade, "Put a new image in, and restart the VM; the disk stays");
    download->add_option("source", result_.image, "A directory, an archive, or its URL")
        ->type_name("SOURCE")
        ->required();
    upgrade
        ->add_option(
            "source",
            result_.image,
            "A directory, an archive, or its URL; without: the downloaded one"
        )
        ->type_name("SOURCE");
    for (auto* const command : {download, upgrade})
        command->add_option("--sha256", result_.sha256, "The archive's; a URL needs it")
            ->type_name("HEX");
}

void command_grammar::add_looks()
{
    add_json(add("status", verb::status, "Show what the daemon and the VM do"));
    add_json(add("ls", verb::ls, "List the instances and what each does"));
    add_json(add("why", verb::why, "Show why the VM is awake, and who woke it before"));
    add_json(add("info", verb::info, "Print the VM's properties as JSON", {"inspect"}));
    add("ip", verb::ip, "Print the address where published ports are");
    add_json(add("ports", verb::ports, "Show the ports of this host that containers publish"));
    add_json(add("mounts", verb::mounts, "Show the directories that the VM sees"));
    auto* const logs = add("logs", verb::logs, "Show the daemon's log, or the VM's console");
    logs->add_flag("--serial", result_.serial, "The VM's serial console in place of the log");
    logs->add_flag("-f,--follow", result_.follow, "Go on with every new line, until interrupted");
    add_doctor();
    add_json(add("version", verb::version, "Print the versions of this command and of the daemon"));
}

void command_grammar::add_doctor()
{
    auto* const doctor =
        add("doctor", verb::doctor, "Check all that can be wrong, and say what to do about it");
    add_json(doctor);
    add_value(
        *doctor,
        "--bundle",
        result_.bundle,
        "FILE",
        "Also write that, the logs and the settings into a new tar file, without secrets"
    );
}

void command_grammar::add_ways_in()
{
    add("ssh", verb::ssh, "Log in to the VM, or run a command in it");
    add("cp", verb::cp, "Copy files; vm:PATH is in the VM; takes scp's options", {"scp"});
}

void command_grammar::add_set_up()
{
    add("config", verb::config, "Print every setting, and where it came from", {"cfg"});
    auto* const env =
        add("env", verb::env, "Print what points a shell at the docker socket", {"shellinit"});
    add_value(*env, "--shell", result_.shell, "NAME", "In its language (default: by $SHELL)");
    env->add_flag("-u,--unset", result_.unset, "Print what takes that back");
    add_context();
    add_socket();
    add_value(
        *add("completion", verb::completion, "Print a script that completes this command's words"),
        "shell",
        result_.shell,
        "bash|zsh|fish",
        "For this shell"
    );
}

void command_grammar::add_context()
{
    auto& context = add_group("context", "The docker client's context");
    auto* const install = add_step(
        context, "install", verb::context_install, "Make it, as `docker context create` does"
    );
    install->add_flag("--use", result_.use, "Have the docker client use it by default");
    auto* const remove = add_step(context, "remove", verb::context_remove, "Remove it");
    for (auto* const step : {install, remove})
        add_value(
            *step,
            "--name",
            result_.context_name,
            "NAME",
            "The context's name (default: gangway, or gangway-INSTANCE)"
        );
}

void command_grammar::add_socket()
{
    auto& socket = add_group("socket", "The paths where tools look for the docker socket");
    auto* const link =
        add_step(socket, "link", verb::socket_link, "Make links there to the docker socket");
    link->add_flag("-y,--yes", result_.yes, "Do not ask");
    auto* const unlink = add_step(socket, "unlink", verb::socket_unlink, "Remove those links");
    for (auto* const step : {link, unlink})
        step->add_option(
                "path",
                result_.places,
                "Here (default: ~/.docker/run/docker.sock, and /var/run/docker.sock if you "
                "agree)"
        )
            ->type_name("PATH");
}

}  // namespace gangway
