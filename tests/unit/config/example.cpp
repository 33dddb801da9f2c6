// Alice and her configuration.
#include "example.hpp"

#include "config/table.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

config::environment alice()
{
    config::environment where;
    where.home = "/home/alice";
    where.xdg_runtime_dir = "/run/user/1000";
    where.working_directory = "/home/alice/work";
    return where;
}

config::loaded load_for_alice(const std::string& text, const config::overrides& flags)
{
    return config::load(alice(), config::file_text{"gangway.json", text}, flags);
}

std::vector<std::string> problems_for_alice(const std::string& text, const config::overrides& flags)
{
    std::vector<std::string> lines;
    try {
        load_for_alice(text, flags);
    } catch (const config::config_error& error) {
        for (const auto& problem : error.problems()) lines.push_back(to_string(problem));
    }
    return lines;
}

std::map<std::string, std::string> written(const config::settings& values)
{
    std::map<std::string, std::string> result;
    for (const auto& row : config::table())
        result[std::string(row.path)] = row.write(values).dump();
    return result;
}

std::string contents(const std::filesystem::path& file)
{
    auto read = config::read_file(file);
    INFO(file);
    REQUIRE(read);
    return read->text;
}
