// The manual pages hold every option and command that the programs' own help names, and no other.
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <regex>
#include <set>
#include <string>
#include <vector>

using names = std::set<std::string>;

namespace {

names found(const std::string& text, const std::string& pattern)
{
    const std::regex expression(pattern, std::regex::ECMAScript | std::regex::multiline);
    names result;
    for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end;
         ++match)
        result.insert((*match)[1].str());
    return result;
}

names long_options(const std::vector<std::string>& command)
{
    // At the start of a help line: "  -f,--follow   Go on …".
    return found(
        test_support::run_checked({.arguments = command}), "^ +(?:-[a-z], ?)*--([a-z0-9-]+)"
    );
}

names manual_options(const std::string& page)
{
    return found(
        test_support::read_file(std::string(SOURCE_DIRECTORY "/docs/man/") + page),
        "Fl Fl ([a-z0-9-]+)"
    );
}

}  // namespace

TEST_CASE("gangway's manual has the options of its help")
{
    auto options = long_options({GANGWAY_PROGRAM, "--help"});
    for (const auto* const command :
         {"up",
          "sleep",
          "delete",
          "status",
          "why",
          "ls",
          "info",
          "ports",
          "mounts",
          "doctor",
          "download",
          "upgrade",
          "config",
          "env",
          "logs",
          "completion",
          "version"})
        options.merge(long_options({GANGWAY_PROGRAM, command, "--help"}));
    for (const auto* const step : {"install", "remove"})
        options.merge(long_options({GANGWAY_PROGRAM, "context", step, "--help"}));
    CHECK(options == names{"bundle",   "config", "control",   "follow",  "help",
                           "instance", "json",   "keep-data", "name",    "off",
                           "pause",    "quiet",  "save",      "serial",  "sha256",
                           "shell",    "unset",  "use",       "version", "yes"});
    CHECK(manual_options("gangway.1") == options);
}

TEST_CASE("gangway's manual has the commands of its help")
{
    const auto help = test_support::run_checked({.arguments = {GANGWAY_PROGRAM, "--help"}});
    const auto commands = found(help.substr(help.find("Subcommands:")), "^  ([a-z]+)[, ]");
    CHECK(commands == names{"completion", "config",  "context",  "cp",    "delete",   "disk",
                            "doctor",     "down",    "download", "env",   "info",     "ip",
                            "logs",       "ls",      "mounts",   "ports", "poweroff", "reset",
                            "restart",    "sleep",   "socket",   "ssh",   "status",   "up",
                            "upgrade",    "version", "wake",     "why"});
    const auto page = test_support::read_file(SOURCE_DIRECTORY "/docs/man/gangway.1");
    CHECK(found(page, "^\\.It Cm ([a-z]+)$") == commands);
}

TEST_CASE("gangwayd's manual has the options of its help")
{
    const names options{
        "config",
        "control",
        "engine",
        "help",
        "instance",
        "listen",
        "log-level",
        "print-config",
        "tls-dir",
        "version",
    };
    CHECK(long_options({GANGWAYD_PROGRAM, "--help"}) == options);
    CHECK(manual_options("gangwayd.8") == options);
}
