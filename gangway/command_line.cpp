// The one place that knows CLI11.
#include "gangway/command_line.hpp"

#include "gangway/failure.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>
#include <utility>

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

constexpr std::array<std::string_view, 3> options_with_value{"--config", "--instance", "--control"};
constexpr std::array<std::string_view, 3> passing_on{"ssh", "cp", "scp"};

// What follows the word "ssh" is ssh's own, its options included, so it never meets our parser.
std::vector<std::string> cut_passed_on(std::vector<std::string>& words)
{
    auto word = words.begin();
    while (word != words.end() && word->starts_with("-"))
        word +=
            std::ranges::count(options_with_value, *word) > 0 && word + 1 != words.end() ? 2 : 1;
    if (word == words.end() || std::ranges::count(passing_on, *word) == 0) return {};
    // scp itself has no such option.
    const bool asks_for_help =
        words.end() - word == 2 && (*(word + 1) == "--help" || *(word + 1) == "-h");
    if (asks_for_help && *word != "ssh") return {};
    std::vector<std::string> rest(word + 1, words.end());
    words.erase(word + 1, words.end());
    return rest;
}

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

// The whole grammar. What is parsed goes into `result`, which must outlive the program.
class grammar {
public:
    explicit grammar(invocation& result) : result_(result)
    {
        program_.footer(footer);
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
            "unix:///PATH",
            "The daemon's control socket (default: the configuration's)"
        );
        program_.add_flag("-q,--quiet", result.quiet, "Leave out what only shows progress");
        add_power();
        add_looks();
        add_ways_in();
        add_set_up();
    }

    CLI::App& program() { return program_; }

private:
    CLI::App* add(
        const std::string& name,
        verb what,
        const std::string& text,
        std::initializer_list<const char*> aliases = {}
    )
    {
        auto* const command = program_.add_subcommand(name, text);
        for (const auto* const alias : aliases) command->alias(alias);
        command->callback([this, what] { result_.what = what; });
        command->fallthrough();
        return command;
    }

    void add_json(CLI::App* command)
    {
        command->add_flag("--json", result_.json, "As JSON, for a program");
    }

    void add_power()
    {
        add("up",
            verb::up,
            "Start the VM and wait until the engine answers, showing each stage",
            {"start", "boot"});
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
    }

    void add_disk()
    {
        auto* const disk = program_.add_subcommand("disk", "The disk of images and volumes");
        disk->require_subcommand(1);
        disk->fallthrough();
        auto* const grow = disk->add_subcommand("grow", "Make it larger, while containers go on");
        grow->callback([this] { result_.what = verb::grow_disk; });
        grow->fallthrough();
        grow->add_option("size", result_.size, "All of it afterwards, such as 100GiB")
            ->type_name("SIZE")
            ->required();
    }

    void add_looks()
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
        logs->add_flag(
            "-f,--follow", result_.follow, "Go on with every new line, until interrupted"
        );
        add_json(
            add("version", verb::version, "Print the versions of this command and of the daemon")
        );
    }

    void add_ways_in()
    {
        add("ssh", verb::ssh, "Log in to the VM, or run a command in it");
        add("cp", verb::cp, "Copy files; vm:PATH is in the VM; takes scp's options", {"scp"});
    }

    void add_set_up()
    {
        add("config", verb::config, "Print every setting, and where it came from", {"cfg"});
        auto* const env =
            add("env", verb::env, "Print what points a shell at the docker socket", {"shellinit"});
        add_value(*env, "--shell", result_.shell, "NAME", "In its language (default: by $SHELL)");
        env->add_flag("-u,--unset", result_.unset, "Print what takes that back");
        auto* const context = program_.add_subcommand("context", "The docker client's context");
        context->require_subcommand(1);
        context->fallthrough();
        const auto add_step = [&](const std::string& name, verb what, const std::string& text) {
            auto* const step = context->add_subcommand(name, text);
            step->callback([this, what] { result_.what = what; });
            step->fallthrough();
            add_value(
                *step,
                "--name",
                result_.context_name,
                "NAME",
                "The context's name (default: gangway, or gangway-INSTANCE)"
            );
            return step;
        };
        add_step("install", verb::context_install, "Make it, as `docker context create` does")
            ->add_flag("--use", result_.use, "Have the docker client use it by default");
        add_step("remove", verb::context_remove, "Remove it");
        add_socket();
        add_value(
            *add(
                "completion", verb::completion, "Print a script that completes this command's words"
            ),
            "shell",
            result_.shell,
            "bash|zsh|fish",
            "For this shell"
        );
    }

    void add_socket()
    {
        auto* const socket =
            program_.add_subcommand("socket", "The paths where tools look for the docker socket");
        socket->require_subcommand(1);
        socket->fallthrough();
        const auto add_step = [&](const std::string& name, verb what, const std::string& text) {
            auto* const step = socket->add_subcommand(name, text);
            step->callback([this, what] { result_.what = what; });
            step->fallthrough();
            step->add_option(
                    "path",
                    result_.places,
                    "Here (default: ~/.docker/run/docker.sock, and /var/run/docker.sock if you "
                    "agree)"
            )
                ->type_name("PATH");
            return step;
        };
        add_step("link", verb::socket_link, "Make links there to the docker socket")
            ->add_flag("-y,--yes", result_.yes, "Do not ask");
        add_step("unlink", verb::socket_unlink, "Remove those links");
    }

    invocation& result_;
    CLI::App program_{description, "gangway"};
};

std::vector<std::string> option_names(const CLI::App& command)
{
    std::vector<std::string> names;
    const auto take = [&names](const CLI::App& from) {
        for (const auto* const option : from.get_options()) {
            for (const auto& name : option->get_snames()) names.push_back("-" + name);
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        }
    };
    take(command);
    // A group of options is a subcommand without a name.
    for (const auto* const group : command.get_subcommands({}))
        if (group->get_name().empty()) take(*group);
    return names;
}

}  // namespace

std::variant<invocation, answer> parse_command_line(std::vector<std::string> words)
{
    invocation result;
    if (!words.empty() && words.front() == "help") {
        words.erase(words.begin());
        words.emplace_back("--help");
    } else {
        result.passed_on = cut_passed_on(words);
    }
    grammar rules(result);
    auto& program = rules.program();
    std::ranges::reverse(words);  // as CLI11 wants them
    try {
        program.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        return answer{program.help()};  // a command's own when one was named before --help
    } catch (const CLI::CallForVersion& version) {
        return answer{std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        throw failure(std::string(error.what()) + "; see gangway --help", exit_status::usage);
    }
    if (program.get_subcommands().empty())
        throw failure(
            "a command is missing, such as up or status; see gangway --help", exit_status::usage
        );
    return result;
}

program_words known_words()
{
    invocation unused;
    grammar rules(unused);
    program_words all;
    all.options = option_names(rules.program());
    for (const auto* const command : rules.program().get_subcommands({})) {
        command_words words{
            {command->get_name()}, option_names(*command), {}, command->get_description()};
        for (const auto& alias : command->get_aliases()) words.names.push_back(alias);
        for (const auto* const step : command->get_subcommands({})) {
            if (step->get_name().empty()) continue;
            words.subcommands.push_back(step->get_name());
            const auto options = option_names(*step);
            words.options.insert(words.options.end(), options.begin(), options.end());
        }
        // What follows is another program's.
        if (std::ranges::count(passing_on, command->get_name()) > 0) words.options.clear();
        all.commands.push_back(std::move(words));
    }
    return all;
}

}  // namespace gangway
