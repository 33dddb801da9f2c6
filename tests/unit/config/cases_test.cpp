// Every file in cases/: what a valid one sets, and everything that is wrong with an invalid one.
// valid/NAME.json goes with NAME.settings, a line "path = JSON" for each setting that differs from
// the default; invalid/NAME.json with NAME.problems, a line for each problem.
#include "config/defaults.hpp"
#include "example.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const char* directory, const char* extension)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(CASE_DIRECTORY) / directory))
        if (entry.path().extension() == extension) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

fs::path beside(fs::path file, const char* extension)
{
    return file.replace_extension(extension);
}

std::string changed_settings(const config::settings& values)
{
    std::string lines;
    const auto usual = written(config::defaults(alice(), "default"));
    for (const auto& [path, value] : written(values))
        if (value != usual.at(path)) lines += path + " = " + value + "\n";
    return lines;
}

}  // namespace

TEST_CASE("a valid configuration sets what it says and nothing else")
{
    const auto files = files_in("valid", ".json");
    REQUIRE(files.size() == files_in("valid", ".settings").size());
    REQUIRE_FALSE(files.empty());
    for (const auto& file : files) {
        INFO(file);
        const auto text = contents(file);
        CHECK(problems_for_alice(text) == std::vector<std::string>());
        CHECK(changed_settings(load_for_alice(text).values) == contents(beside(file, ".settings")));
    }
}

TEST_CASE("an invalid configuration is told all its problems at once")
{
    const auto files = files_in("invalid", ".json");
    REQUIRE(files.size() == files_in("invalid", ".problems").size());
    REQUIRE_FALSE(files.empty());
    for (const auto& file : files) {
        INFO(file);
        std::string lines;
        for (const auto& line : problems_for_alice(contents(file))) lines += line + "\n";
        CHECK(lines == contents(beside(file, ".problems")));
        CHECK_FALSE(lines.empty());
    }
}
