// The scripts, by the shells that read them.
#include "gangway/completion.hpp"

#include "gangway/failure.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using Catch::Contains;
using gangway::completion_script;
using gangway::known_words;

namespace {

// What bash offers for the last word.
std::vector<std::string> offered_by_bash(const std::string& words)
{
    const auto ask = R"sh(eval "$(cat)"; COMP_WORDS=()sh" + words + R"sh()
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _gangway
        printf '%s\n' "${COMPREPLY[@]}"
    )sh";
    const auto result = test_support::run(
        {.arguments = {"bash", "-c", ask},
         .input = test_support::piped_text{completion_script("bash", known_words())}}
    );
    CAPTURE(result.err);
    CHECK(result.exit_status == 0);
    std::istringstream lines(result.out);
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    return all;
}

using words = std::vector<std::string>;

}  // namespace

TEST_CASE("bash completes commands, their aliases and options")
{
    CHECK(offered_by_bash("gangway sta") == words{"start", "status"});
    CHECK(offered_by_bash("gangway --instance up sta") == words{"start", "status"});
    CHECK(offered_by_bash("gangway sleep --p") == words{"--pause"});
    CHECK(offered_by_bash("gangway suspend --p") == words{"--pause"});
    CHECK(offered_by_bash("gangway status --js") == words{"--json"});
    CHECK(offered_by_bash("gangway context i") == words{"install"});
    CHECK(offered_by_bash("gangway context install --n") == words{"--name"});
    CHECK(offered_by_bash("gangway --config = /x sta") == words{"start", "status"});
    CHECK(offered_by_bash("gangway --control unix : ///x sta") == words{"start", "status"});
    // Each once; and files alone, where another program's words follow.
    CHECK(offered_by_bash("gangway status --hel") == words{"--help"});
    CHECK(offered_by_bash("gangway cp --") == words{""});
    CHECK(offered_by_bash("gangway status --inst") == words{"--instance"});
}

TEST_CASE("fish completes commands, their aliases and options")
{
    const test_support::test_directory home;
    const auto offered = [&](const std::string& line) {
        return test_support::run(
                   {.arguments = {"fish", "-N", "-c", "source -; complete -C '" + line + "'"},
                    .environment =
                        {{"HOME", home.path().string()},
                         {"XDG_CONFIG_HOME", home.path().string()},
                         {"XDG_DATA_HOME", home.path().string()}},
                    .input = test_support::piped_text{completion_script("fish", known_words())}}
        ).out;
    };
    CHECK_THAT(offered("gangway sta"), Contains("start\t") && Contains("status\t"));
    CHECK_THAT(offered("gangway sleep --p"), Contains("--pause"));
    CHECK_THAT(offered("gangway context i"), Contains("install"));
    CHECK(offered("gangway up --js").find("--json") == std::string::npos);
}

TEST_CASE("zsh reads its script, and binds it to the command")
{
    const test_support::test_directory home;
    const auto result = test_support::run(
        {.arguments =
             {"zsh",
              "-f",
              "-c",
              "autoload -Uz compinit; compinit -u -D; eval \"$(cat)\"; "
              "print $_comps[gangway]; print $+functions[_gangway]"},
         .environment = {{"HOME", home.path().string()}, {"ZDOTDIR", home.path().string()}},
         .input = test_support::piped_text{completion_script("zsh", known_words())}}
    );
    CAPTURE(result.err);
    CHECK(result.exit_status == 0);
    CHECK(result.out == "_gangway\n1\n");
}

TEST_CASE("no other shell is completed for, which is said")
{
    CHECK_THROWS_WITH(completion_script("tcsh", known_words()), Contains("bash, zsh and fish"));
    CHECK_THROWS_AS(completion_script("", known_words()), gangway::failure);
}
