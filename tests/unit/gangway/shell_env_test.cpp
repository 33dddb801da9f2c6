// What shells are given to read: as text for each, and by the shells themselves.
#include "gangway/shell_env.hpp"

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

using gangway::shell_kind;
using gangway::shell_named;

namespace {

constexpr auto awkward = "unix:///home/o'neil/a b!\\ $HOME `id` \"x\"; #%/docker.sock";

std::string shell_env(shell_kind shell, const std::optional<std::string>& host)
{
    if (host) return gangway::shell_env(shell, host, {"gangway", "env"});
    return gangway::shell_env(shell, host, {"gangway", "env", "--unset"});
}

// With no files of the user's to read, and none to write.
test_support::environment_changes in_home(
    const test_support::test_directory& home, test_support::environment_changes more
)
{
    more["HOME"] = home.path().string();
    for (const auto* const name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "ZDOTDIR"})
        more[name] = home.path().string();
    return more;
}

}  // namespace

TEST_CASE("shells are known by their program")
{
    CHECK(shell_named("/bin/bash") == shell_kind::posix);
    CHECK(shell_named("/bin/ash") == shell_kind::posix);
    CHECK(shell_named("zsh") == shell_kind::posix);
    CHECK(shell_named("/usr/bin/fish") == shell_kind::fish);
    CHECK(shell_named("tcsh") == shell_kind::csh);
    CHECK(shell_named("pwsh") == shell_kind::powershell);
    CHECK(shell_named(R"(C:\Windows\System32\cmd.exe)") == shell_kind::cmd);
    CHECK_FALSE(shell_named("/usr/bin/nu"));
    CHECK_FALSE(shell_named(""));
}

TEST_CASE("each shell is told in its own words")
{
    CHECK(
        shell_env(shell_kind::posix, "unix:///s") ==
        "export DOCKER_HOST='unix:///s'\n"
        "unset DOCKER_TLS\n"
        "unset DOCKER_TLS_VERIFY\n"
        "unset DOCKER_CERT_PATH\n"
        "# eval \"$(gangway env)\"\n"
    );
    CHECK(
        shell_env(shell_kind::posix, std::nullopt) ==
        "unset DOCKER_HOST\n"
        "unset DOCKER_TLS\n"
        "unset DOCKER_TLS_VERIFY\n"
        "unset DOCKER_CERT_PATH\n"
        "# eval \"$(gangway env --unset)\"\n"
    );
    CHECK(
        shell_env(shell_kind::powershell, "unix:///o'neil") ==
        "$Env:DOCKER_HOST = 'unix:///o''neil'\n"
        "Remove-Item Env:\\DOCKER_TLS -ErrorAction SilentlyContinue\n"
        "Remove-Item Env:\\DOCKER_TLS_VERIFY -ErrorAction SilentlyContinue\n"
        "Remove-Item Env:\\DOCKER_CERT_PATH -ErrorAction SilentlyContinue\n"
        "# gangway env | Out-String | Invoke-Expression\n"
    );
    CHECK_THAT(
        shell_env(shell_kind::cmd, "npipe:////./pipe/100%"),
        Catch::StartsWith("set \"DOCKER_HOST=npipe:////./pipe/100%\"\nset DOCKER_TLS=\n")
    );
}

TEST_CASE("how to read the lines is told as it was asked for, on one line")
{
    CHECK_THAT(
        gangway::shell_env(
            shell_kind::posix,
            "unix:///s",
            {"gangway", "--config", "/a b\nrm", "--instance", "dev", "env"}
        ),
        Catch::EndsWith("\n# eval \"$(gangway --config '/a b?rm' --instance dev env)\"\n")
    );
}

TEST_CASE("a real shell reads what was meant")
{
    const auto [shell, kind, read] = GENERATE(table<std::string, shell_kind, std::string>({
        {"sh", shell_kind::posix, "eval \"$(cat)\""},
        {"bash", shell_kind::posix, "eval \"$(cat)\""},
        {"zsh", shell_kind::posix, "eval \"$(cat)\""},
        {"fish", shell_kind::fish, "source -"},
        {"tcsh", shell_kind::csh, "eval `cat`"},
    }));
    CAPTURE(shell);
    const test_support::test_directory home;
    const auto result = test_support::run(
        {.arguments = {shell, "-c", read + "; env"},
         .environment = in_home(
             home,
             {{"DOCKER_TLS_VERIFY", "1"}, {"DOCKER_CERT_PATH", "/c"}, {"DOCKER_HOST", "tcp://x"}}
         ),
         .input = test_support::piped_text{shell_env(kind, awkward)}}
    );
    CAPTURE(result.out, result.err);
    CHECK(result.exit_status == 0);
    CHECK_THAT(result.out, Catch::Contains(std::string("DOCKER_HOST=") + awkward + "\n"));
    CHECK(result.out.find("DOCKER_TLS") == std::string::npos);
    CHECK(result.out.find("DOCKER_CERT") == std::string::npos);

    const auto back = test_support::run(
        {.arguments = {shell, "-c", read + "; env"},
         .environment = in_home(home, {{"DOCKER_HOST", awkward}}),
         .input = test_support::piped_text{shell_env(kind, std::nullopt)}}
    );
    CAPTURE(back.out, back.err);
    CHECK(back.exit_status == 0);
    CHECK(back.out.find("DOCKER_HOST") == std::string::npos);
}
