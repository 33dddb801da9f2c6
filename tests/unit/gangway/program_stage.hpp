// A place of its own for the real program, with no configuration but what a test writes there.
#pragma once

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

class program_stage {
public:
    std::filesystem::path control() const { return directory_ / "control.sock"; }

    std::filesystem::path operator/(std::string_view name) const { return directory_ / name; }

    test_support::environment_changes environment() const
    {
        return {
            {"HOME", directory_.path().string()},
            {"XDG_RUNTIME_DIR", (directory_ / "run").string()},
            {"TERM", "xterm"},
            {"NO_COLOR", std::nullopt},
        };
    }

    std::vector<std::string> command(const std::vector<std::string>& arguments) const
    {
        std::vector<std::string> result{
            GANGWAY_PROGRAM, "--control", "unix://" + control().string()};
        result.insert(result.end(), arguments.begin(), arguments.end());
        return result;
    }

    test_support::process_result run(const std::vector<std::string>& arguments) const
    {
        return test_support::run({.arguments = command(arguments), .environment = environment()});
    }

private:
    test_support::test_directory directory_;
};
