// Parses the words by the grammar, and lists them for completion.
#include "gangway/command_line.hpp"

#include "gangway/command_grammar.hpp"
#include "gangway/failure.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gangway {
namespace {

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
    command_grammar rules(result);
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
    command_grammar rules(unused);
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
