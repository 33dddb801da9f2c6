// One function a shell.
#include "gangway/completion.hpp"

#include "gangway/failure.hpp"

#include <algorithm>

namespace gangway {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between)
{
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += between;
        text += word;
    }
    return text;
}

std::vector<std::string> names_of(const program_words& words)
{
    std::vector<std::string> names;
    for (const auto& each : words.commands)
        names.insert(names.end(), each.names.begin(), each.names.end());
    return names;
}

// What may follow the command: its subcommands and options, and those of the program.
std::string after(const command_words& command, const program_words& words)
{
    if (command.options.empty()) return {};
    auto all = command.subcommands;
    for (const auto* const options : {&command.options, &words.options})
        for (const auto& each : *options)
            if (std::ranges::find(all, each) == all.end()) all.push_back(each);
    return joined(all, " ");
}

// What stands in single quotes in all three shells.
std::string plain(std::string_view text)
{
    std::string result;
    for (const char letter : text)
        if (letter != '\'') result += letter;
    return result;
}

std::string for_bash(const program_words& words)
{
    std::string text = R"sh(# eval "$(gangway completion bash)", or in a file of bash-completion's
_gangway() {
    local current=${COMP_WORDS[COMP_CWORD]} command= i
    for ((i = 1; i < COMP_CWORD; ++i)); do
        case ${COMP_WORDS[i]} in
            --config | --instance | --control)
                ((++i))
                [ "${COMP_WORDS[i]}" != = ] || ((++i))
                ;;
            :) ((++i)) ;;  # of "unix:///PATH", which bash takes apart
            -*) ;;
            *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $command in
)sh";
    text += "        '') COMPREPLY=($(compgen -W '" + joined(names_of(words), " ") + " " +
            joined(words.options, " ") + "' -- \"$current\")) ;;\n";
    for (const auto& each : words.commands)
        text += "        " + joined(each.names, " | ") + ") COMPREPLY=($(compgen -W '" +
                after(each, words) + "' -- \"$current\")) ;;\n";
    return text + "    esac\n}\ncomplete -o default -F _gangway gangway\n";
}

std::string for_zsh(const program_words& words)
{
    std::string text = R"sh(#compdef gangway
# eval "$(gangway completion zsh)", or as _gangway in a directory of $fpath
_gangway() {
    local command= i
    for ((i = 2; i < CURRENT; ++i)); do
        case ${words[i]} in
            --config | --instance | --control) ((++i)) ;;
            -*) ;;
            *) command=${words[i]}; break ;;
        esac
    done
    case $command in
        '')
            local -a commands=(
)sh";
    for (const auto& each : words.commands)
        for (const auto& name : each.names)
            text += "                '" + name + ":" + plain(each.text) + "'\n";
    text += "            )\n            _describe command commands\n            compadd -- " +
            joined(words.options, " ") + "\n            ;;\n";
    for (const auto& each : words.commands)
        text += "        " + joined(each.names, " | ") + ") compadd -- " + after(each, words) +
                "; _files ;;\n";
    return text + R"sh(    esac
}
if [ "$funcstack[1]" = _gangway ]; then _gangway "$@"; else compdef _gangway gangway; fi
)sh";
}

std::string for_fish(const program_words& words)
{
    std::string text = "# gangway completion fish | source\ncomplete -c gangway -e\n";
    const auto add = [&text](const std::string& condition, const std::string& rest) {
        text += "complete -c gangway -n '" + condition + "' " + rest + "\n";
    };
    const auto option = [](const std::string& name) {
        return name.starts_with("--") ? "-l " + name.substr(2) : "-s " + name.substr(1);
    };
    for (const auto& name : words.options) text += "complete -c gangway " + option(name) + "\n";
    for (const auto& each : words.commands) {
        add("__fish_use_subcommand",
            "-f -a '" + joined(each.names, " ") + "' -d '" + plain(each.text) + "'");
        const auto seen = "__fish_seen_subcommand_from " + joined(each.names, " ");
        for (const auto& name : each.options) add(seen, option(name));
        for (const auto& name : each.subcommands) add(seen, "-f -a " + name);
    }
    return text;
}

}  // namespace

std::string completion_script(std::string_view shell, const program_words& words)
{
    if (shell == "bash") return for_bash(words);
    if (shell == "zsh") return for_zsh(words);
    if (shell == "fish") return for_fish(words);
    throw failure(
        "completion is there for bash, zsh and fish; say which: `gangway completion bash`",
        exit_status::usage
    );
}

}  // namespace gangway
