// The one place that knows CLI11.
#include "gangway/command_line.hpp"

#include "gangway/failure.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <optional>
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
3 gangwayd is not running. `gangway ssh` ends with ssh's own.
More in gangway(1).)";

constexpr std::array<std::string_view, 3> options_with_value{"--config", "--instance", "--control"};

// What follows the word "ssh" is ssh's own, its options included, so it never meets our parser.
std::vector<std::string> cut_ssh_arguments(std::vector<std::string>& words)
{
    auto word = words.begin();
    while (word != words.end() && word->starts_with("-"))
        word +=
            std::ranges::count(options_with_value, *word) > 0 && word + 1 != words.end() ? 2 : 1;
    if (word == words.end() || *word != "ssh") return {};
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

}  // namespace

std::variant<invocation, answer> parse_command_line(std::vector<std::string> words)
{
    invocation result;
    result.ssh_arguments = cut_ssh_arguments(words);

    CLI::App program(description, "gangway");
    program.footer(footer);
    program.require_subcommand(0, 1);  // none: ours to say, after unknown words
    program.set_help_flag("-h,--help", "Print this help");
    program.set_version_flag("--version", "gangway " GANGWAY_VERSION, "Print the version");
    add_value(
        program,
        "--config",
        result.where.config_file,
        "FILE",
        "The daemon's configuration, in place of the user's own"
    );
    add_value(
        program,
        "--instance",
        result.where.instance,
        "NAME",
        "The instance to control (default: default)"
    );
    add_value(
        program,
        "--control",
        result.where.control,
        "unix:///PATH",
        "The daemon's control socket (default: the configuration's)"
    );

    const auto add = [&](const std::string& name, verb what, const std::string& text) {
        auto* const command = program.add_subcommand(name, text);
        command->callback([&result, what] { result.what = what; });
        command->fallthrough();
        return command;
    };
    add("up", verb::up, "Start the VM and wait until the engine answers, showing each stage");
    add("down", verb::down, "Shut the VM down; containers and images stay on its disk");
    add("restart", verb::restart, "Shut the VM down and start it again");
    auto* const sleep = add(
        "sleep", verb::sleep, "Put the VM to sleep until the next request; by default it is saved"
    );
    auto* const depths = sleep->add_option_group("how deep");
    for (const std::string depth : {"pause", "save", "off"}) {
        const std::string text = depth == "pause" ? "It keeps its memory and wakes at once"
                                 : depth == "save"
                                     ? "Its memory goes to a file; it goes on where it stood"
                                     : "It is shut down, if no container runs";
        depths->add_flag_callback(
            "--" + depth, [&result, depth] { result.depth = depth; }, text
        );
    }
    depths->require_option(0, 1);
    add("wake", verb::wake, "Wake the VM, or start it, and wait until the engine answers");
    add("why", verb::why, "Show why the VM is awake, and who woke it before");
    add("status", verb::status, "Show what the daemon and the VM do")
        ->add_flag("--json", result.json, "Print the daemon's own JSON object");
    add("ssh", verb::ssh, "Log in to the VM, or run a command in it");
    auto* const logs = add("logs", verb::logs, "Show the daemon's log, or the VM's console");
    logs->add_flag("--serial", result.serial, "The VM's serial console in place of the log");
    logs->add_flag("-f,--follow", result.follow, "Go on with every new line, until interrupted");
    add("version", verb::version, "Print the versions of this command and of the daemon");

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

}  // namespace gangway
