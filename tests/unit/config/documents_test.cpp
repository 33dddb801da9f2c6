// The schema, the example and the manuals, each held against the settings table in both directions.
#include "config/defaults.hpp"
#include "config/table.hpp"
#include "example.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <regex>
#include <set>
#include <sstream>

using namespace config;

namespace {

namespace fs = std::filesystem;

fs::path source(const char* file)
{
    return fs::path(SOURCE_DIRECTORY) / file;
}

nlohmann::json schema()
{
    return nlohmann::json::parse(contents(source("config/gangway.schema.json")));
}

// What the schema has to say about the setting of `row`.
nlohmann::json expected_property(const row& row)
{
    auto property = nlohmann::json::parse(row.shape().dump());
    std::string description(row.summary);
    if (row.computed_default.empty())
        property["default"] = nlohmann::json::parse(row.write(defaults(alice(), "default")).dump());
    else
        description += " Default: " + std::string(row.computed_default) + ".";
    property["description"] = description;
    return property;
}

// The example with its commented-out settings put in force.
std::string uncommented_example()
{
    std::istringstream lines(contents(source("config/gangway.json.example")));
    const std::regex commented_setting(R"(^( *)// ("[a-z0-9_]+": .*)$)");
    std::string text;
    for (std::string line; std::getline(lines, line);)
        text += std::regex_replace(line, commented_setting, "$1$2") + "\n";
    return text;
}

}  // namespace

TEST_CASE("rows of one section are neighbours and no path is there twice")
{
    std::set<std::string_view> paths;
    std::set<std::string_view> finished;
    std::string_view section;
    for (const auto& row : table()) {
        INFO(row.path);
        CHECK(paths.insert(row.path).second);
        if (section_of(row.path) != section) {
            finished.insert(section);
            section = section_of(row.path);
            CHECK_FALSE((!section.empty() && finished.contains(section)));
        }
        CHECK_THAT(std::string(row.summary), Catch::EndsWith("."));
    }
}

TEST_CASE("the schema has every setting, as the table describes it, and nothing else")
{
    const auto root = schema();
    CHECK(root.at("additionalProperties") == false);
    std::set<std::string> described;
    for (const auto& [name, property] : root.at("properties").items()) {
        if (name == "$schema" || name == "instances") continue;
        if (!property.contains("properties")) {
            described.insert(name);
            continue;
        }
        INFO(name);
        CHECK(property.at("type") == "object");
        CHECK(property.at("additionalProperties") == false);
        CHECK_FALSE(property.at("description").get<std::string>().empty());
        for (const auto& [inner, ignored] : property.at("properties").items())
            described.insert(name + "." + inner);
    }

    std::set<std::string> known;
    for (const auto& row : table()) {
        INFO(row.path);
        known.emplace(row.path);
        const auto* properties = &root.at("properties");
        if (const std::string section(section_of(row.path)); !section.empty())
            properties = &properties->at(section).at("properties");
        CHECK(properties->at(std::string(name_of(row.path))) == expected_property(row));
    }
    CHECK(described == known);
}

TEST_CASE("an instance may have in the schema what the file may, but for other instances")
{
    const auto root = schema();
    const auto& instances = root.at("properties").at("instances");
    CHECK(instances.at("type") == "object");
    const auto& one = instances.at("additionalProperties");
    CHECK(one.at("additionalProperties") == false);
    auto expected = nlohmann::json::object();
    for (const auto& [name, ignored] : root.at("properties").items())
        if (name != "$schema" && name != "instances")
            expected[name] = {{"$ref", "#/properties/" + name}};
    CHECK(one.at("properties") == expected);
    const std::regex pattern(instances.at("propertyNames").at("pattern").get<std::string>());
    for (const std::string name :
         {"default", "work", "0-a", "image", "images2", "", "-a", "Work", "a.b", "images"}) {
        INFO(name);
        CHECK(std::regex_search(name, pattern) == is_instance_name(name));
    }
    for (const auto length : {std::size_t{31}, std::size_t{32}})
        CHECK(std::regex_search(std::string(length, 'a'), pattern) == (length == 31));
}

TEST_CASE("the schema's patterns accept what the program writes")
{
    const auto values = load_for_alice(uncommented_example()).values;
    for (const auto& row : table()) {
        INFO(row.path);
        const auto shape = row.shape();
        const auto value = row.write(values);
        if (shape.contains("pattern"))
            CHECK(std::regex_search(
                value.get<std::string>(), std::regex(shape["pattern"].get<std::string>())
            ));
        if (shape.contains("items"))
            for (const auto& element : value)
                CHECK(std::regex_search(
                    element.get<std::string>(),
                    std::regex(shape["items"]["pattern"].get<std::string>())
                ));
    }
}

TEST_CASE("the example loads and is the default")
{
    const auto text = contents(source("config/gangway.json.example"));
    CHECK(problems_for_alice(text) == std::vector<std::string>());
    CHECK(load_for_alice(text).values == defaults(alice(), "default"));
}

TEST_CASE("the example shows every setting, in force or as a comment, at its default")
{
    const auto text = uncommented_example();
    CHECK(problems_for_alice(text) == std::vector<std::string>());
    const auto configuration = load_for_alice(text);
    const auto in_force = load_for_alice(contents(source("config/gangway.json.example")));
    const auto usual = written(defaults(alice(), "default"));
    const auto shown = written(configuration.values);
    for (const auto& row : table()) {
        INFO(row.path);
        const std::string path(row.path);
        CHECK(configuration.origins.at(path) != "default");
        // What is the same for everybody is in force, the rest a comment.
        CHECK((in_force.origins.at(path) == "default") == !row.computed_default.empty());
        if (row.computed_default.rfind("none", 0) != 0) CHECK(shown.at(path) == usual.at(path));
    }
}

TEST_CASE("the manuals name every setting, its default and its choices, and no other setting")
{
    struct manual {
        const char* file;
        const char* entry;  // what begins a setting's entry, with its path
    };

    const manual manuals[] = {
        {"docs/configuration.md", R"(\n\| `([a-z0-9_.]+)` \|([^\n]*))"},
        {"docs/man/gangway.json.5", R"(\n\.It Sy ([a-z0-9_.]+)\n([^]*?)(?=\n\.(?:It|El)))"},
    };
    for (const auto& [file, pattern] : manuals) {
        INFO(file);
        const auto text = contents(source(file));
        std::map<std::string, std::string> entries;
        const std::regex entry(pattern);
        for (std::sregex_iterator match(text.begin(), text.end(), entry), end; match != end;
             ++match)
            CHECK(entries.emplace((*match)[1], (*match)[2]).second);

        CHECK(entries.size() == table().size());
        for (const auto& row : table()) {
            INFO(row.path);
            const auto found = entries.find(std::string(row.path));
            REQUIRE(found != entries.end());
            const auto shape = row.shape();
            if (shape.contains("enum"))
                for (const auto& word : shape["enum"])
                    CHECK_THAT(found->second, Catch::Contains(word.get<std::string>()));
            if (row.computed_default.empty()) {
                const auto usual = row.write(defaults(alice(), "default"));
                CHECK_THAT(
                    found->second,
                    Catch::Contains(usual.is_string() ? usual.get<std::string>() : usual.dump())
                );
            }
        }
    }
}
