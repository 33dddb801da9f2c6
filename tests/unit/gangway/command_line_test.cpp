// What the words of the command line ask for, and which of them are refused.
#include "gangway/command_line.hpp"

#include "gangway/failure.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using gangway::parse_command_line;
using gangway::verb;
using words = std::vector<std::string>;

namespace {

gangway::invocation parsed(const words& given)
{
    return std::get<gangway::invocation>(parse_command_line(given));
}

std::string answered(const words& given)
{
    return std::get<gangway::answer>(parse_command_line(given)).text;
}

}  // namespace

TEST_CASE("each command is known by its name")
{
    const auto [name, what] = GENERATE(table<std::string, verb>({
        {"up", verb::up},
        {"down", verb::down},
        {"restart", verb::restart},
        {"start", verb::up},
        {"boot", verb::up},
        {"init", verb::up},
        {"create", verb::up},
        {"stop", verb::down},
        {"halt", verb::down},
        {"poweroff", verb::poweroff},
        {"kill", verb::poweroff},
        {"reset", verb::reset},
        {"delete", verb::remove},
        {"destroy", verb::remove},
        {"rm", verb::remove},
        {"sleep", verb::sleep},
        {"save", verb::sleep},
        {"suspend", verb::sleep},
        {"wake", verb::wake},
        {"resume", verb::wake},
        {"info", verb::info},
        {"inspect", verb::info},
        {"ip", verb::ip},
        {"ls", verb::ls},
        {"ports", verb::ports},
        {"mounts", verb::mounts},
        {"config", verb::config},
        {"cfg", verb::config},
        {"env", verb::env},
        {"shellinit", verb::env},
        {"completion", verb::completion},
        {"why", verb::why},
        {"doctor", verb::doctor},
        {"status", verb::status},
        {"ssh", verb::ssh},
        {"cp", verb::cp},
        {"scp", verb::cp},
        {"logs", verb::logs},
        {"version", verb::version},
    }));
    CAPTURE(name);
    CHECK(parsed({name}).what == what);
}

TEST_CASE("the daemon to talk to can be named before and after the command")
{
    const auto given = GENERATE(
        words{"--config", "f", "--instance", "n", "--control", "unix:///c", "up"},
        words{"--config=f", "--instance=n", "--control=unix:///c", "up"},
        words{"up", "--config", "f", "--instance", "n", "--control", "unix:///c"}
    );
    const auto where = parsed(given).where;
    CHECK(where.config_file == "f");
    CHECK(where.instance == "n");
    CHECK(where.control == "unix:///c");
}

TEST_CASE("nothing is overridden by default")
{
    const auto asked = parsed({"status"});
    CHECK_FALSE(asked.where.config_file);
    CHECK_FALSE(asked.where.instance);
    CHECK_FALSE(asked.where.control);
    CHECK_FALSE(asked.json);
}

TEST_CASE("options of a command")
{
    CHECK(parsed({"status", "--json"}).json);
    CHECK(parsed({"logs", "--serial"}).serial);
    CHECK(parsed({"logs", "-f"}).follow);
    CHECK(parsed({"logs", "--follow"}).follow);
    CHECK_FALSE(parsed({"logs"}).follow);
    CHECK_FALSE(parsed({"logs"}).serial);
    CHECK(parsed({"--quiet", "up"}).quiet);
    CHECK(parsed({"up", "-q"}).quiet);
    CHECK_FALSE(parsed({"delete"}).yes);
    CHECK_FALSE(parsed({"delete"}).keep_data);
    CHECK(parsed({"delete", "--yes"}).yes);
    CHECK(parsed({"rm", "-y", "--keep-data"}).keep_data);
    CHECK(parsed({"rm", "-f"}).yes);
    CHECK(parsed({"disk", "grow", "100GiB"}).what == verb::grow_disk);
    CHECK(parsed({"disk", "grow", "100GiB"}).size == "100GiB");
    CHECK(parsed({"download", "x.tar"}).what == verb::download);
    CHECK(parsed({"download", "x.tar"}).image == "x.tar");
    CHECK(parsed({"upgrade"}).what == verb::upgrade);
    CHECK_FALSE(parsed({"upgrade"}).image);
    CHECK(parsed({"upgrade", "x.tar", "--sha256", "ab"}).sha256 == "ab");
    CHECK(parsed({"socket", "link", "-y"}).what == verb::socket_link);
    CHECK(parsed({"socket", "link", "-y"}).yes);
    CHECK(parsed({"socket", "unlink", "/a", "b"}).places == words{"/a", "b"});
    CHECK(parsed({"env", "--shell", "fish"}).shell == "fish");
    CHECK(parsed({"shellinit", "--unset"}).unset);
    CHECK(parsed({"completion", "zsh"}).shell == "zsh");
    const std::string looks = GENERATE("status", "why", "info", "ports", "mounts", "version");
    CHECK(parsed({looks, "--json"}).json);
}

TEST_CASE("a docker context has a name, and may be selected at once")
{
    const auto plain = parsed({"context", "install"});
    CHECK(plain.what == verb::context_install);
    CHECK_FALSE(plain.context_name);
    CHECK_FALSE(plain.use);
    const auto named = parsed({"context", "install", "--name", "dev", "--use", "--instance", "i"});
    CHECK(named.context_name == "dev");
    CHECK(named.use);
    CHECK(named.where.instance == "i");
    CHECK(parsed({"context", "remove", "--name=dev"}).what == verb::context_remove);
    CHECK_THROWS_AS(parse_command_line({"context"}), gangway::failure);
    CHECK_THROWS_AS(parse_command_line({"context", "remove", "--use"}), gangway::failure);
}

TEST_CASE("what may be completed is what may be asked")
{
    const auto all = gangway::known_words();
    CHECK(std::ranges::count(all.options, "--instance") == 1);
    for (const auto& command : all.commands) {
        if (command.names.front() == "ssh") continue;
        for (const auto& name : command.names) {
            CAPTURE(name);
            CHECK_THAT(answered({name, "--help"}), Catch::Contains(command.names.front()));
            if (!command.subcommands.empty()) continue;
            for (const auto& option : command.options)
                CHECK_THAT(answered({name, "--help"}), Catch::Contains(option));
        }
    }
}

TEST_CASE("everything after ssh and cp is passed through untouched")
{
    const auto tail = GENERATE(
        words{},
        words{"ls", "-l"},
        words{"-t", "top"},
        words{"--help"},
        words{"--version"},
        words{"--config", "x"},
        words{"ssh", "--", "ssh"},
        words{"-L", "8080:localhost:80", "sh", "-c", "echo \"$HOME\"; exit 3"},
        words{""}
    );
    auto given = GENERATE(
        words{"ssh"},
        words{"cp"},
        words{"scp"},
        words{"--instance", "ssh", "ssh"},
        words{"--config=f", "ssh"}
    );
    const auto what = given.back() == "ssh" ? verb::ssh : verb::cp;
    if (what == verb::cp && tail == words{"--help"}) return;  // scp has none: ours
    given.insert(given.end(), tail.begin(), tail.end());
    const auto asked = parsed(given);
    CHECK(asked.what == what);
    CHECK(asked.passed_on == tail);
    CHECK(asked.where.control == std::nullopt);
}

TEST_CASE("a wrong command line is refused with what to do")
{
    const auto given = GENERATE(
        words{},
        words{"upp"},
        words{"up", "down"},
        words{"up", "--json"},
        words{"status", "now"},
        words{"--frob", "up"},
        words{"--config"},
        words{"logs", "--follow=perhaps"}
    );
    CAPTURE(given);
    try {
        parse_command_line(given);
        FAIL("was accepted");
    } catch (const gangway::failure& failure) {
        CHECK(failure.status() == gangway::exit_status::usage);
        CHECK_THAT(failure.what(), Catch::EndsWith("; see gangway --help"));
    }
}

TEST_CASE("help and version are answers, whatever else is there")
{
    CHECK_THAT(answered({"--help"}), Catch::Contains("Exit status"));
    CHECK_THAT(answered({"-h"}), Catch::Contains("restart"));
    CHECK(answered({"help"}) == answered({"--help"}));
    CHECK(answered({"help", "sleep"}) == answered({"sleep", "--help"}));
    CHECK_THAT(answered({"cp", "--help"}), Catch::Contains("vm:PATH"));
    CHECK_THAT(answered({"help", "ssh"}), Catch::Contains("Log in"));
    CHECK_THAT(answered({"logs", "--help"}), Catch::Contains("gangway logs"));
    CHECK_THAT(answered({"logs", "--help"}), Catch::Contains("--serial"));
    CHECK_THAT(
        answered({"--version"}), Catch::StartsWith("gangway 0.") || Catch::StartsWith("gangway 1.")
    );
}

TEST_CASE("how deep a VM shall sleep is one of three")
{
    const auto depth = [](const std::vector<std::string>& arguments) {
        return std::get<gangway::invocation>(gangway::parse_command_line(arguments)).depth;
    };
    CHECK(depth({"sleep"}) == "save");
    CHECK(depth({"sleep", "--save"}) == "save");
    CHECK(depth({"sleep", "--pause"}) == "pause");
    CHECK(depth({"sleep", "--off"}) == "off");
    CHECK_THROWS_AS(gangway::parse_command_line({"sleep", "--pause", "--off"}), gangway::failure);
    CHECK_THROWS_AS(gangway::parse_command_line({"up", "--pause"}), gangway::failure);
}
