// Where requests name paths, and that every other byte of them stays.
#include "proxy/bind_request.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace proxy;

namespace {

std::vector<std::string> sources_in(names_paths what, const std::string& body)
{
    std::vector<std::string> sources;
    const auto changed =
        translate_paths(what, body, [&sources](const std::string& source, missing_source) {
            sources.push_back(source);
            return source;
        });
    CHECK_FALSE(changed);
    return sources;
}

std::vector<std::string> created_in(const std::string& body)
{
    std::vector<std::string> sources;
    translate_paths(
        names_paths::container,
        body,
        [&sources](const std::string& source, missing_source missing) {
            if (missing == missing_source::is_created) sources.push_back(source);
            return source;
        }
    );
    return sources;
}

// "/from…" becomes "/to…".
std::string moved(const std::string& source, missing_source)
{
    return source.starts_with("/from") ? "/to" + source.substr(5) : source;
}

}  // namespace

TEST_CASE("every field that names a bind source is found")
{
    struct row {
        names_paths what;
        std::string body;
        std::vector<std::string> sources;
    };

    const auto given = GENERATE(
        row{names_paths::container,
            R"({"HostConfig":{"Binds":["/a:/b","/c:/d:ro,z","vol:/e","/f"]}})",
            {"/a", "/c", "vol"}},
        row{names_paths::container, R"({"Binds":["/a:/b"],"HostConfig":null})", {"/a"}},
        row{names_paths::container, R"({"hostconfig":{"BINDS":["\u002fa:/b"]}})", {"/a"}},
        row{names_paths::container,
            R"({"HostConfig":{"Binds":["/a:/b"]},"HostConfig":{"Binds":["/c:/d"]}})",
            {"/a", "/c"}},
        row{names_paths::container,
            R"({"HostConfig":{"Mounts":[{"Type":"bind","Source":"/a","Target":"/b"},
                {"Type":"volume","Source":"v"},{"Type":"tmpfs"}]}})",
            {"/a"}},
        row{names_paths::container,
            R"({"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":
                {"Name":"local","Options":{"type":"none","o":"bind","device":"/a"}}}}]}})",
            {"/a"}},
        row{names_paths::container, R"({"HostConfig":{"Binds":null,"Mounts":null}})", {}},
        row{names_paths::container, R"({"Image":"/a:/b","Cmd":["/c:/d"]})", {}},
        row{names_paths::host_config, R"({"Binds":["/a:/b"]})", {"/a"}},
        row{names_paths::host_config, "", {}},
        row{names_paths::volume,
            R"({"Name":"v","DriverOpts":{"o":"ro,bind","device":"/a","type":"none"}})",
            {"/a"}},
        row{names_paths::volume,
            R"({"Driver":"local","DriverOpts":{"device":"/a","o":"rbind"}})",
            {"/a"}},
        row{names_paths::volume, R"({"DriverOpts":{"o":"addr=h,rw","device":":/a"}})", {}},
        row{names_paths::volume, R"({"DriverOpts":{"device":"/dev/sdb1","type":"ext4"}})", {}},
        row{names_paths::volume, R"({"Driver":"nfs","DriverOpts":{"o":"bind","device":"/a"}})", {}},
        row{names_paths::service,
            R"({"TaskTemplate":{"ContainerSpec":{"Mounts":[{"Type":"bind","Source":"/a"}]}}})",
            {"/a"}},
        row{names_paths::plugin,
            R"(["data.source=/a","DEBUG=1","data.source=/b=c","data.destination=/d","/e"])",
            {"/a", "/b=c"}},
        row{names_paths::plugin, R"({"data.source":"/a"})", {}},
        row{names_paths::filter,
            R"({"volume":{"/a":true,"v":true},"name":{"/n":true}})",
            {"/a", "v"}},
        row{names_paths::filter, R"({"volume":["/a",7],"label":["/l"]})", {"/a"}},
        row{names_paths::filter, R"(["volume"])", {}},
        row{names_paths::no, R"({"HostConfig":{"Binds":["/a:/b"]}})", {}}
    );
    CAPTURE(given.body);
    CHECK(sources_in(given.what, given.body) == given.sources);
}

TEST_CASE("a source is created for a bind, and for a mount that asks for it")
{
    CHECK(
        created_in(R"({"HostConfig":{"Binds":["/a:/x"],"Mounts":[
            {"Type":"bind","Source":"/b"},
            {"Type":"bind","Source":"/c","BindOptions":{"CreateMountpoint":true}},
            {"Type":"bind","Source":"/d","BindOptions":{"CreateMountpoint":false}},
            {"Type":"bind","Source":"/e","BindOptions":{"CreateMountpoint":"true"}},
            {"Type":"volume","VolumeOptions":{"DriverConfig":
                {"Name":"local","Options":{"type":"none","o":"bind","device":"/f"}}}}]}})") ==
        std::vector<std::string>{"/a", "/c"}
    );
}

TEST_CASE("only a source that changes is written anew")
{
    const std::string before =
        "{\"Big\":9223372036854775808, \"x\" : "
        "null,\"HostConfig\":{\"Binds\":[\"/from/\\u0061:/b:ro\","
        "\"/stay:/c\"],\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/from\"}],\"Un\\u006bnown\":[ "
        "]}}\n\n";
    const std::string after =
        "{\"Big\":9223372036854775808, \"x\" : null,\"HostConfig\":{\"Binds\":[\"/to/a:/b:ro\","
        "\"/stay:/c\"],\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/to\"}],\"Un\\u006bnown\":[ "
        "]}}\n\n";
    CHECK(translate_paths(names_paths::container, before, moved) == after);
}

TEST_CASE("a plugin's mount is moved in its setting")
{
    CHECK(
        translate_paths(names_paths::plugin, R"([ "X=/from", "m.source=/from/a" ])", moved) ==
        R"([ "X=/from", "m.source=/to/a" ])"
    );
}

TEST_CASE("to a filter the other path is added: the one in it may be a container's")
{
    CHECK(
        translate_paths(
            names_paths::filter,
            R"({"name":{"/from":true}, "volume":{"/from/a": true ,"v":true}})",
            moved
        ) == R"({"name":{"/from":true}, "volume":{"/from/a": true,"/to/a":true ,"v":true}})"
    );
    CHECK(
        translate_paths(names_paths::filter, R"({"volume":[ "/stay", "/from"]})", moved) ==
        R"({"volume":[ "/stay", "/from","/to"]})"
    );
}

TEST_CASE("what is no JSON is the engine's to judge")
{
    const std::string body = GENERATE(as<std::string>(), "", "{", "[]", "7", "{\"Binds\":", "null");
    CHECK_FALSE(translate_paths(names_paths::container, body, moved));
}

TEST_CASE("a refusal comes through")
{
    const auto refuse = [](const std::string&, missing_source) -> std::string {
        throw std::runtime_error("no");
    };
    CHECK_THROWS_WITH(
        translate_paths(names_paths::container, R"({"Binds":["/a:/b"]})", refuse), "no"
    );
}

TEST_CASE("any path survives being carried elsewhere and back")
{
    std::mt19937 random(7);
    const std::string alphabet = "ab/. \"\\\n\t\xC3\xA9{}[],'$:";
    for (int round = 0; round < 500; ++round) {
        std::string path = "/from/";
        for (auto length = random() % 12; length > 0; --length) {
            // Whole characters: the two bytes of é belong together.
            const auto letter = alphabet[random() % alphabet.size()];
            if (letter == '\xC3' || letter == '\xA9')
                path += "\xC3\xA9";
            else if (letter != ':')
                path += letter;
        }
        const nlohmann::json mount = {{"Type", "bind"}, {"Source", path}};
        const nlohmann::json request = {
            {"Other", random()}, {"HostConfig", {{"Mounts", {mount}}, {"Binds", {path + ":/x"}}}}};
        const auto body = request.dump(static_cast<int>(random() % 3) - 1);
        CAPTURE(body);
        const auto there = translate_paths(names_paths::container, body, moved);
        REQUIRE(there);
        CHECK(
            nlohmann::json::parse(*there)["HostConfig"]["Mounts"][0]["Source"] ==
            "/to" + path.substr(5)
        );
        const auto back = [](const std::string& source, missing_source) {
            return "/from" + source.substr(3);
        };
        const auto again = translate_paths(names_paths::container, *there, back);
        CHECK(again == body);
    }
}
