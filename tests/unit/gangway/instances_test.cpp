// Which instances there are, in a home of the test's own.
#include "gangway/instances.hpp"

#include "fake_daemon.hpp"
#include "status_example.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using nlohmann::json;
using test_support::test_directory;
namespace fs = std::filesystem;

TEST_CASE("instances are told for people and for programs")
{
    const std::vector<gangway::instance> all{
        {"default", "ready", "unix:///d.sock"}, {"second", "no daemon", ""}};
    CHECK(
        gangway::instances_text(all) ==
        "NAME     STATE      DOCKER_HOST\n"
        "default  ready      unix:///d.sock\n"
        "second   no daemon\n"
    );
    CHECK(
        json::parse(gangway::instances_json(all)) ==
        json::parse(R"([{"name": "default", "state": "ready", "docker_host": "unix:///d.sock"},
                        {"name": "second", "state": "no daemon", "docker_host": ""}])")
    );
}

TEST_CASE("an instance that has files is there, whether its daemon runs or not")
{
    const test_directory home;
    const auto settings_of = [&](const std::string& name) {
        config::settings settings;
        settings.instance = name;
        settings.state_dir = home / ("state/" + name);
        settings.docker.listen = {config::unix_endpoint{home / (name + ".sock")}};
        settings.control.listen = config::unix_endpoint{home / (name + ".control")};
        return settings;
    };
    const auto host = [&](const std::string& name) {
        return "unix://" + (home / (name + ".sock")).string();
    };
    // Nothing was ever started.
    CHECK(
        gangway::find_instances(home / "state", {}, settings_of) ==
        std::vector<gangway::instance>{{"default", "no daemon", host("default")}}
    );
    for (const auto* const name : {"default", "work", "images", "remote"})
        fs::create_directories(home / "state" / name);
    test_support::write_file(home / "state/file", "");
    auto status = status_example();
    status["vm"]["state"] = "saved";
    status["instance"] = "work";
    auto elsewhere = remote_status_example();
    elsewhere["instance"] = "remote";
    // Another's daemon answers for this one.
    fs::create_directories(home / "state/shared");
    const fake_daemon shared(home / "shared.control", {answers(status_example().dump())});
    const fake_daemon work(home / "work.control", {answers(status.dump())});
    const fake_daemon remote(home / "remote.control", {answers(elsewhere.dump())});
    CHECK(
        gangway::find_instances(home / "state", {}, settings_of) ==
        std::vector<gangway::instance>{
            {"default", "no daemon", host("default")},
            {"remote", "serves tcp://10.0.0.1:2376", host("remote")},
            {"shared", "no daemon", host("shared")},
            {"work", "saved", host("work")}}
    );
}

TEST_CASE("a configuration that has one state directory has one instance")
{
    const test_directory home;
    fs::create_directories(home / "state/mine");
    fs::create_directories(home / "state/other");
    const auto all = gangway::find_instances(home / "state", {}, [&](const std::string&) {
        config::settings settings;
        settings.state_dir = home / "state/mine";
        settings.control.listen = config::unix_endpoint{home / "control.sock"};
        return settings;
    });
    REQUIRE(all.size() == 1);
    CHECK(all.front().name == "default");
    CHECK(all.front().docker_host.empty());
}

TEST_CASE("an instance that the configuration names is there, wherever its files are")
{
    const test_directory home;
    fs::create_directories(home / "state/usual");
    const auto settings_of = [&](const std::string& name) {
        config::settings settings;
        settings.instance = name;
        settings.state_dir = home / (name == "usual" ? "state/usual" : "elsewhere/" + name);
        settings.docker.listen = {config::unix_endpoint{"/s/" + name}};
        settings.control.listen = config::unix_endpoint{home / (name + ".control")};
        return settings;
    };
    CHECK(
        gangway::find_instances(home / "state", {"work"}, settings_of) ==
        std::vector<gangway::instance>{
            {"default", "no daemon", "unix:///s/default"},
            {"usual", "no daemon", "unix:///s/usual"},
            {"work", "no daemon", "unix:///s/work"}}
    );
}
