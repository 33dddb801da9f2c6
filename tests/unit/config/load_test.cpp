// The command line over the file, origins, and what concerns several settings together.
#include "config/load.hpp"

#include "config/table.hpp"
#include "example.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace config;
using lines = std::vector<std::string>;

TEST_CASE("without file and flags everything is the default")
{
    const auto configuration = load(alice(), std::nullopt, {});
    CHECK(configuration.origins.size() == table().size());
    for (const auto& [path, origin] : configuration.origins) {
        INFO(path);
        CHECK(origin == "default");
    }
}

TEST_CASE("a setting from the file says which line it is in")
{
    const auto configuration = load_for_alice("{\n  // two\n  \"vm\": {\n    \"cpus\": 4 } }");
    CHECK(configuration.values.vm.cpus == 4);
    CHECK(configuration.origins.at("vm.cpus") == "gangway.json:4");
    CHECK(configuration.origins.at("vm.memory") == "default");
}

TEST_CASE("the command line wins over the file")
{
    overrides flags;
    flags.listen = {"unix:///tmp/one.sock", "fd://"};
    flags.engine = "tcp://[::1]:2376";
    flags.tls_dir = "certs";
    flags.control = "unix:///tmp/control.sock";
    flags.log_level = "debug";
    const auto configuration = load_for_alice(
        R"({"docker": {"listen": ["unix:///file.sock"]}, "control": {"listen": "unix:///c"},
            "engine": {"remote": "tcp://file:1", "tls_dir": "/file"}, "log": {"level": "error"}})",
        flags
    );
    const auto& values = configuration.values;
    CHECK(
        values.docker.listen ==
        std::vector<listen_endpoint>{unix_endpoint{"/tmp/one.sock"}, inherited_endpoint{}}
    );
    REQUIRE(values.remote_engine);
    CHECK(values.remote_engine->endpoint == engine_endpoint(tcp_endpoint{"::1", 2376}));
    CHECK(values.remote_engine->tls_dir == "/home/alice/work/certs");
    CHECK(values.control.listen == local_endpoint(unix_endpoint{"/tmp/control.sock"}));
    CHECK(values.log.level == log_level::debug);
    CHECK(configuration.origins.at("docker.listen") == "--listen");
    CHECK(configuration.origins.at("engine.remote") == "--engine");
    CHECK(configuration.origins.at("engine.tls_dir") == "--tls-dir");
    CHECK(configuration.origins.at("control.listen") == "--control");
    CHECK(configuration.origins.at("log.level") == "--log-level");
}

TEST_CASE("the flag --engine vm takes back a remote engine of the file")
{
    overrides flags;
    flags.engine = "vm";
    const auto configuration =
        load_for_alice(R"({"engine": {"remote": "tcp://h:1", "tls_dir": "/t"}})", flags);
    CHECK_FALSE(configuration.values.remote_engine);
    CHECK(configuration.origins.at("engine.remote") == "--engine");
    CHECK(configuration.origins.at("engine.tls_dir") == "default");
}

TEST_CASE("the control socket follows the docker socket unless it is set")
{
    overrides flags;
    flags.listen = {"unix:///tmp/a/docker.sock"};
    CHECK(
        load_for_alice("{}", flags).values.control.listen ==
        local_endpoint(unix_endpoint{"/tmp/a/control.sock"})
    );
    CHECK(
        load_for_alice(R"({"control": {"listen": "unix:///c"}})", flags).values.control.listen ==
        local_endpoint(unix_endpoint{"/c"})
    );
    flags.instance = "work";
    flags.listen = {"fd://"};
    CHECK(
        load_for_alice("{}", flags).values.control.listen ==
        local_endpoint(unix_endpoint{"/run/user/1000/gangway/work/control.sock"})
    );
}

TEST_CASE("problems on the command line are named by their flag, with those of the file")
{
    overrides flags;
    flags.listen = {"unix:///ok", "tcp://0.0.0.0:2375"};
    flags.engine = "VM";
    flags.tls_dir = "";
    flags.control = "fd://";
    flags.log_level = "loud";
    flags.instance = "Work";
    CHECK(
        problems_for_alice(R"({"vm": {"cpus": 0}})", flags) ==
        lines{
            "--instance: must be up to 31 lower-case letters, digits and hyphens, not beginning "
            "with a hyphen and not \"images\", which is reserved; not the string \"Work\"",
            "gangway.json:1: vm.cpus: must be a whole number from 1 to 256, not the number 0",
            "--listen: must be unix:///PATH or fd://, not the string \"tcp://0.0.0.0:2375\"",
            "--engine: must be tcp://HOST:PORT (an IPv6 address in brackets, ports from 1 to "
            "65535), ssh://[USER@]HOST[:PORT][/PATH] or unix:///PATH, not the string \"VM\"; vm "
            "stands for the VM",
            "--tls-dir: must be an absolute path, or one that begins with \"~/\", not the string "
            "\"\"",
            "--control: must be unix:///PATH with an absolute path, not the string \"fd://\"",
            "--log-level: must be one of \"error\", \"warning\", \"info\", \"debug\", not the "
            "string \"loud\"",
        }
    );
}

TEST_CASE("a directory of certificates needs an engine over TCP")
{
    overrides flags;
    flags.tls_dir = "/certs";
    const lines no_engine{
        "--tls-dir: has no use without an engine: set engine.remote or --engine tcp://HOST:PORT"};
    CHECK(problems_for_alice("{}", flags) == no_engine);
    flags.engine = "vm";
    CHECK(problems_for_alice(R"({"engine": {"remote": "tcp://h:1"}})", flags) == no_engine);
    flags.engine = "unix:///var/run/docker.sock";
    CHECK(
        problems_for_alice("{}", flags) ==
        lines{"--tls-dir: has no use with an engine on a Unix socket; TLS is for tcp://HOST:PORT"}
    );
    flags.engine = "ssh://me@host";
    CHECK(
        problems_for_alice("{}", flags) ==
        lines{"--tls-dir: has no use with an engine behind ssh, which encrypts by itself; TLS is "
              "for tcp://HOST:PORT"}
    );
    flags.engine = "nonsense";
    CHECK(problems_for_alice("{}", flags).size() == 1);
}

TEST_CASE("an engine that is the daemon's own socket is refused")
{
    overrides flags;
    flags.engine = "unix:///tmp/a/docker.sock";
    flags.listen = {"unix:///tmp/a/docker.sock"};
    CHECK(
        problems_for_alice("{}", flags) ==
        lines{"--engine: is also in docker.listen: the daemon would call itself"}
    );
    flags.listen = {"unix:///tmp/b/docker.sock"};
    CHECK_NOTHROW(load_for_alice("{}", flags));
}

TEST_CASE("a socket path that the system cannot hold is refused wherever it comes from")
{
    const auto path = "/" + std::string(107, 'p');
    const auto enough = path.substr(0, 107);
    const std::string why =
        "has a path of 108 bytes, and the system allows at most 107 for a socket; choose a shorter "
        "one";
    overrides flags;
    flags.control = "unix:///c";
    flags.listen = {"unix://" + enough};
    CHECK(problems_for_alice("{}", flags).empty());
    flags.listen = {"unix://" + path};
    CHECK(problems_for_alice("{}", flags) == lines{"--listen: " + why});
    flags.listen.clear();
    flags.engine = "unix://" + path;
    CHECK(problems_for_alice("{}", flags) == lines{"--engine: " + why});

    auto deep = alice();
    deep.xdg_runtime_dir = "/" + std::string(90, 'r');
    try {
        load(deep, std::nullopt, {});
        FAIL("the default path was accepted");
    } catch (const config_error& error) {
        REQUIRE(error.problems().size() == 2);
        CHECK(error.problems()[0].where == "docker.listen[0]");
        CHECK(error.problems()[1].where == "control.listen");
    }
}

TEST_CASE("without a home directory what needs it is asked for")
{
    environment nobody;
    nobody.xdg_runtime_dir = "/run/user/7";
    try {
        load(nobody, std::nullopt, {});
        FAIL("a relative directory was accepted");
    } catch (const config_error& error) {
        CHECK(
            error.problems() ==
            std::vector<problem>{
                {"", "state_dir", "has no default without a home directory: set HOME, or set it"},
                {"", "vm.image", "has no default without a home directory: set HOME, or set it"},
            }
        );
    }
    const file_text file{"f", R"({"state_dir": "/s", "vm": {"image": "/i"}})"};
    CHECK(load(nobody, file, {}).values.state_dir == "/s");
    const file_text tilde{"f", R"({"state_dir": "~/s", "vm": {"image": "/i"}})"};
    CHECK_THROWS_WITH(
        load(nobody, tilde, {}),
        Catch::Contains("f:1: state_dir: begins with \"~/\", but there is no home directory")
    );
}

TEST_CASE("named pipes are for machines that have them")
{
    auto windows = alice();
    windows.has_named_pipes = true;
    overrides flags;
    flags.listen = {"npipe:////./pipe/docker_engine"};
    const auto configuration = load(windows, std::nullopt, flags);
    CHECK(
        configuration.values.docker.listen ==
        std::vector<listen_endpoint>{pipe_endpoint{"docker_engine"}}
    );
    CHECK(
        problems_for_alice("{}", flags) ==
        lines{"--listen: is a named pipe, which only Windows has; use unix:///PATH"}
    );
}

TEST_CASE("what() has a line for each problem")
{
    CHECK_THROWS_WITH(
        load_for_alice("{\"vm\": {\n\"cpus\": 0,\n\"disk\": 1}}"),
        "gangway.json:2: vm.cpus: must be a whole number from 1 to 256, not the number 0\n"
        "gangway.json:3: vm.disk: must be a size from \"1GiB\" to \"16TiB\", in whole MiB, GiB or "
        "TiB, not the number 1"
    );
}
