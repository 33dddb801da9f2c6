// Settings of one instance: what they win over, where mistakes in them are told, and what two
// instances cannot share.
#include "config/load.hpp"
#include "config/print.hpp"
#include "example.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace config;
using lines = std::vector<std::string>;

namespace {

overrides started_as(const std::string& instance)
{
    overrides flags;
    flags.instance = instance;
    return flags;
}

loaded load_instance(const std::string& text, const std::string& instance)
{
    return load_for_alice(text, started_as(instance));
}

// Whoever is started, and whether the file names it; what concerns that instance comes first.
void every_start_is_refused(const std::string& text, lines expected)
{
    std::ranges::sort(expected);
    for (const auto* const instance : {"default", "work", "play"}) {
        INFO(instance);
        auto problems = problems_for_alice(text, started_as(instance));
        std::ranges::sort(problems);
        CHECK(problems == expected);
    }
}

const std::string two_instances = R"({
  "vm": { "memory": "3GiB", "cpus": 3 },
  "shares": ["/srv", "/tmp"],
  "instances": {
    "work": {
      "vm": { "memory": "8GiB" },
      "shares": ["/work"],
      "state_dir": "/data/work",
      "docker": { "listen": ["unix:///run/work.sock"] }
    },
    "default": { "log": { "level": "debug" } }
  }
})";

}  // namespace

TEST_CASE("an instance's settings win over the file's, one by one, and lists are replaced")
{
    const auto work = load_instance(two_instances, "work");
    CHECK(work.values.vm.memory == gibibytes(8));
    CHECK(work.values.vm.cpus == 3);
    CHECK(work.values.shares == std::vector<share>{{"/work", true}});
    CHECK(work.values.state_dir == "/data/work");
    CHECK(work.values.control.listen == local_endpoint(unix_endpoint{"/run/control.sock"}));
    CHECK(work.values.log.level == log_level::info);
    CHECK(work.named_instances == std::vector<std::string>{"work", "default"});

    const auto usual = load_for_alice(two_instances);
    CHECK(usual.values.vm.memory == gibibytes(3));
    CHECK(usual.values.log.level == log_level::debug);
    CHECK(usual.values.state_dir == "/home/alice/.local/state/gangway/default");
}

TEST_CASE("an instance that the file does not name has what counts for all")
{
    const auto play = load_instance(two_instances, "play").values;
    CHECK(play.vm.memory == gibibytes(3));
    CHECK(play.log.level == log_level::info);
    CHECK(play.state_dir == "/home/alice/.local/state/gangway/play");
}

TEST_CASE("each value of an instance says which line it is in")
{
    const auto work = load_instance(two_instances, "work");
    CHECK(work.origins.at("vm.memory") == "gangway.json:6");
    CHECK(work.origins.at("vm.cpus") == "gangway.json:2");
    CHECK(work.origins.at("state_dir") == "gangway.json:8");
    CHECK_THAT(print(work), Catch::Contains("\"memory\": \"8GiB\",  // gangway.json:6\n"));
    CHECK_THAT(print(work), Catch::Contains("\"cpus\": 3,  // gangway.json:2\n"));
}

TEST_CASE("what is printed of an instance is a configuration that makes the same of it")
{
    const auto work = load_instance(two_instances, "work");
    CHECK(load_instance(print(work), "work").values == work.values);
}

TEST_CASE("the command line wins over an instance's settings")
{
    auto flags = started_as("work");
    flags.listen = {"unix:///tmp/a.sock"};
    flags.log_level = "error";
    const auto work = load_for_alice(
        R"({"instances": {"work": {"log": {"level": "debug"}, "docker": {"listen": ["fd://"]}}}})",
        flags
    );
    CHECK(work.values.log.level == log_level::error);
    CHECK(work.origins.at("log.level") == "--log-level");
    CHECK(work.values.docker.listen == std::vector<listen_endpoint>{unix_endpoint{"/tmp/a.sock"}});
}

TEST_CASE("what an instance says of dockerd is added to what counts for all")
{
    const auto work = load_instance(
        R"({"engine": {"daemon_json": {"debug": true, "log-opts": {"max-size": "10m"}}},
            "instances": {"work": {"engine": {"daemon_json":
                {"debug": false, "log-opts": {"max-file": "3"}, "dns": ["192.0.2.53"]}}}}})",
        "work"
    );
    CHECK(
        written(work.values).at("engine.daemon_json") ==
        R"({"debug":false,"log-opts":{"max-size":"10m","max-file":"3"},"dns":["192.0.2.53"]})"
    );
}

TEST_CASE("mistakes in an instance's settings are told whichever is started")
{
    every_start_is_refused(
        R"({
  "vm": { "cpus": 0 },
  "instances": {
    "work": { "vm": { "memory": "2GB", "cpu": 2 }, "vn": {}, "log": 7 },
    "other": { "state_dir": "here", "instances": {}, "$schema": "x" },
    "third": { "engine": { "tls_dir": "/certs" } }
  }
})",
        {
            "gangway.json:2: vm.cpus: must be a whole number from 1 to 256, not the number 0",
            "gangway.json:4: instances.work.vm.memory: must be a size from \"512MiB\" to "
            "\"4TiB\", in whole MiB, GiB or TiB, not the string \"2GB\"",
            "gangway.json:4: instances.work.vm.cpu: is not a setting; did you mean \"vm.cpus\"?",
            "gangway.json:4: instances.work.vn: is not a setting; did you mean \"vm\"?",
            "gangway.json:4: instances.work.log: must be an object, { … }, not the number 7",
            "gangway.json:5: instances.other.state_dir: must be an absolute path, or one that "
            "begins with \"~/\", not the string \"here\"",
            "gangway.json:5: instances.other.instances: stands at the top level of the file only",
            "gangway.json:5: instances.other.$schema: is not a setting; known here: state_dir, "
            "shares, docker, control, engine, vm, sleep, log",
            "gangway.json:6: instances.third.engine.tls_dir: has no use without an engine: set "
            "engine.remote or --engine tcp://HOST:PORT",
        }
    );
}

TEST_CASE("a word that is nearly \"instances\" is recognized")
{
    CHECK(
        problems_for_alice(R"({"instance": {"work": {}}})") ==
        lines{"gangway.json:1: instance: is not a setting; did you mean \"instances\"?"}
    );
}

TEST_CASE("a name that no instance can have is told")
{
    const std::string rule =
        "has a name that an instance cannot have: it must be up to 31 lower-case letters, digits "
        "and hyphens, not beginning with a hyphen and not \"images\", which is reserved";
    every_start_is_refused(
        R"({"instances": {"My VM": {"vm": {"cpus": 0}}, "images": 3, "work": []}})",
        {"gangway.json:1: instances.\"My VM\": " + rule,
         "gangway.json:1: instances.images: " + rule,
         "gangway.json:1: instances.images: must be an object with the instance's settings, "
         "{ … }, not the number 3",
         "gangway.json:1: instances.work: must be an object with the instance's settings, "
         "{ … }, not a list",
         "gangway.json:1: instances.\"My VM\".vm.cpus: must be a whole number from 1 to 256, not "
         "the number 0"}
    );
    every_start_is_refused(
        R"({"instances": ["work"]})",
        {"gangway.json:1: instances: must be an object, { \"NAME\": { … } }, not a list"}
    );
}

TEST_CASE("more instances than any machine runs are refused")
{
    std::string names;
    for (int index = 0; index <= 256; ++index)
        names += (index ? ", \"i" : "\"i") + std::to_string(index) + "\": {}";
    CHECK(
        problems_for_alice("{\"instances\": {" + names + "}}") ==
        lines{"gangway.json:1: instances: names 257 instances, and may name 256"}
    );
}

TEST_CASE("two instances that have one directory or one socket are refused")
{
    SECTION("what is set for all")
    {
        every_start_is_refused(
            R"({
  "state_dir": "/data",
  "docker": { "listen": ["unix:///run/docker.sock"] },
  "instances": { "work": {}, "play": { "state_dir": "/play" } }
})",
            lines{
                "gangway.json:2: state_dir: is \"/data\" for the instances \"default\" and "
                "\"work\"; each needs its own: set it in \"instances\", or leave it out",
                "gangway.json:3: docker.listen: is \"unix:///run/docker.sock\" for the instances "
                "\"default\", \"play\" and \"work\"; each needs its own: set it in \"instances\", "
                "or leave it out"}
        );
    }
    SECTION("one's own that is another's by default")
    {
        every_start_is_refused(
            R"({"instances": {"work": {"state_dir": "~/.local/state/gangway/./default"},
                              "play": {"control": {"listen": "unix:///run/user/1000/gangway/docker.sock"}}}})",
            lines{
                "gangway.json:1: state_dir: is \"/home/alice/.local/state/gangway/default\" for "
                "the instances \"default\" and \"work\"; each needs its own: set it in "
                "\"instances\", or leave it out",
                "gangway.json:2: control.listen: is \"unix:///run/user/1000/gangway/docker.sock\" "
                "for the instances \"default\" and \"play\"; each needs its own: set it in "
                "\"instances\", or leave it out"}
        );
    }
    SECTION("control sockets that come to be beside each other")
    {
        every_start_is_refused(
            R"({"instances": {"work": {"docker": {"listen": ["unix:///s/work.sock"]}},
                              "play": {"docker": {"listen": ["unix:///s/play.sock"]}}}})",
            lines{"gangway.json:1: control.listen: is \"unix:///s/control.sock\" for the instances "
                  "\"play\" and \"work\"; each needs its own: set it in \"instances\", or leave it "
                  "out"}
        );
    }
}

TEST_CASE("sockets that a service manager hands over are each instance's own")
{
    CHECK(
        problems_for_alice(R"({"docker": {"listen": ["fd://"]}, "instances": {"work": {}}})") ==
        lines()
    );
}

TEST_CASE("a socket that the command line names is no concern of the file's")
{
    overrides flags;
    flags.control = "unix:///run/user/1000/gangway/work/control.sock";
    CHECK(problems_for_alice(R"({"instances": {"work": {}}})", flags) == lines());
}

TEST_CASE("a file without instances may be that of one alone")
{
    CHECK(load_instance(R"({"state_dir": "/data"})", "work").values.state_dir == "/data");
}
