// Quoting is the whole difficulty: a socket's path may hold anything but a zero. Only csh cannot
// have all of it: its `eval` makes one blank of several.
#include "gangway/shell_env.hpp"

#include "gangway/wording.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace gangway {
namespace {

// Each would have a client speak TLS to a unix socket (docker/cli, cli/flags/options.go).
constexpr std::array<const char*, 3> in_the_way{
    "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"};

struct replacement {
    char what;
    std::string_view by;
};

std::string replaced(std::string_view text, std::initializer_list<replacement> all)
{
    std::string result;
    for (const char letter : text) {
        const auto* const found = std::ranges::find(all, letter, &replacement::what);
        if (found == all.end())
            result += letter;
        else
            result += found->by;
    }
    return result;
}

}  // namespace

std::string quoted_by_posix(std::string_view text)
{
    return "'" + replaced(text, {{'\'', R"('\'')"}}) + "'";
}

namespace {

std::string quoted_by_fish(std::string_view text)
{
    return "'" + replaced(text, {{'\\', R"(\\)"}, {'\'', R"(\')"}}) + "'";
}

// Its history looks into quotes.
std::string quoted_by_csh(std::string_view text)
{
    return "'" + replaced(text, {{'\'', R"('\'')"}, {'!', R"(\!)"}}) + "'";
}

std::string quoted_by_powershell(std::string_view text)
{
    return "'" + replaced(text, {{'\'', "''"}}) + "'";
}

// What is between its double quotes is a word. What FOR reads is not looked at for variables.
std::string quoted_by_cmd(std::string_view text)
{
    return std::string(text);
}

// NAME, VALUE and COMMAND stand for theirs.
struct dialect {
    shell_kind shell;
    std::string (*quoted)(std::string_view);
    std::string_view set;
    std::string_view unset;
    std::string_view how_to_read;  // a comment, for the person who sees the lines
};

constexpr auto dialects = std::to_array<dialect>({
    {shell_kind::posix,
     quoted_by_posix,
     "export NAME=VALUE\n",
     "unset NAME\n",
     "# eval \"$(COMMAND)\"\n"},
    {shell_kind::fish,
     quoted_by_fish,
     "set -gx NAME VALUE;\n",
     "set -e NAME;\n",
     "# COMMAND | source\n"},
    // What its `eval` is given has no line ends any more, so a comment would have none.
    {shell_kind::csh, quoted_by_csh, "setenv NAME VALUE;\n", "unsetenv NAME;\n", ""},
    {shell_kind::powershell,
     quoted_by_powershell,
     "$Env:NAME = VALUE\n",
     "Remove-Item Env:\\NAME -ErrorAction SilentlyContinue\n",
     "# COMMAND | Out-String | Invoke-Expression\n"},
    {shell_kind::cmd,
     quoted_by_cmd,
     "set \"NAME=VALUE\"\n",
     "set NAME=\n",
     "REM @FOR /f \"tokens=*\" %i IN ('COMMAND') DO @%i\n"},
});

std::string filled(std::string_view form, std::string_view word, std::string_view by)
{
    std::string text(form);
    if (const auto place = text.find(word); place != std::string::npos)
        text.replace(place, word.size(), by);
    return text;
}

// As it would be typed.
std::string line_of(const std::vector<std::string>& command, const dialect& words)
{
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=";
    std::string line;
    for (const auto& each : command) {
        if (!line.empty()) line += ' ';
        const bool is_plain = each.find_first_not_of(plain) == std::string::npos;
        // A line end would end the comment.
        line += printable(is_plain ? each : words.quoted(replaced(each, {{'\n', "?"}})));
    }
    return line;
}

constexpr auto shells = std::to_array<std::pair<std::string_view, shell_kind>>({
    {"sh", shell_kind::posix},
    {"bash", shell_kind::posix},
    {"ash", shell_kind::posix},
    {"busybox", shell_kind::posix},
    {"dash", shell_kind::posix},
    {"mksh", shell_kind::posix},
    {"ksh", shell_kind::posix},
    {"zsh", shell_kind::posix},
    {"fish", shell_kind::fish},
    {"csh", shell_kind::csh},
    {"tcsh", shell_kind::csh},
    {"powershell", shell_kind::powershell},
    {"pwsh", shell_kind::powershell},
    {"cmd", shell_kind::cmd},
});

}  // namespace

std::optional<shell_kind> shell_named(std::string_view program)
{
    auto name = program.substr(program.find_last_of("/\\") + 1);
    if (name.ends_with(".exe")) name.remove_suffix(4);
    for (const auto& [word, kind] : shells)
        if (word == name) return kind;
    return std::nullopt;
}

std::string shell_env(
    shell_kind shell,
    const std::optional<std::string>& docker_host,
    const std::vector<std::string>& command
)
{
    const auto& words = *std::ranges::find(dialects, shell, &dialect::shell);
    std::string text;
    if (docker_host)
        text +=
            filled(filled(words.set, "NAME", "DOCKER_HOST"), "VALUE", words.quoted(*docker_host));
    else
        text += filled(words.unset, "NAME", "DOCKER_HOST");
    for (const auto* const name : in_the_way) text += filled(words.unset, "NAME", name);
    return text + filled(words.how_to_read, "COMMAND", line_of(command, words));
}

}  // namespace gangway
