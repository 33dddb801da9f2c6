// Where things are when nobody said so.
#include "config/defaults.hpp"

#include "example.hpp"

#include <catch2/catch.hpp>

using namespace config;

namespace {

std::string docker_socket(const settings& values)
{
    REQUIRE(values.docker.listen.size() == 1);
    return to_string(values.docker.listen.front());
}

environment root()
{
    environment where;
    where.system_service = true;
    where.home = "/root";
    where.xdg_runtime_dir = "/run/user/0";
    return where;
}

}  // namespace

TEST_CASE("a user's defaults follow the XDG directories")
{
    auto where = alice();
    SECTION("without variables")
    {
        const auto values = defaults(where, "default");
        CHECK(docker_socket(values) == "unix:///run/user/1000/gangway/docker.sock");
        CHECK(
            values.control.listen ==
            local_endpoint(unix_endpoint{"/run/user/1000/gangway/control.sock"})
        );
        CHECK(values.state_dir == "/home/alice/.local/state/gangway/default");
        CHECK(values.vm.image == "/home/alice/.local/share/gangway/images");
        CHECK(default_config_file(where) == "/home/alice/.config/gangway/gangway.json");
    }
    SECTION("with variables")
    {
        where.xdg_config_home = "/c";
        where.xdg_state_home = "/s";
        where.xdg_data_home = "/d";
        const auto values = defaults(where, "default");
        CHECK(values.state_dir == "/s/gangway/default");
        CHECK(values.vm.image == "/d/gangway/images");
        CHECK(default_config_file(where) == "/c/gangway/gangway.json");
    }
    SECTION("variables that are not absolute are ignored")
    {
        where.xdg_runtime_dir = "r";
        where.user_runtime_dir = "/run/user/1000";
        where.xdg_state_home = "s";
        const auto values = defaults(where, "default");
        CHECK(docker_socket(values) == "unix:///run/user/1000/gangway/docker.sock");
        CHECK(values.state_dir == "/home/alice/.local/state/gangway/default");
    }
    SECTION("without any runtime directory the sockets are with the state")
    {
        where.xdg_runtime_dir.clear();
        const auto values = defaults(where, "default");
        CHECK(
            docker_socket(values) ==
            "unix:///home/alice/.local/state/gangway/default/run/docker.sock"
        );
    }
    SECTION("packaged images are used when there are any")
    {
        where.packaged_images = "/usr/share/gangway/images";
        CHECK(defaults(where, "default").vm.image == "/usr/share/gangway/images");
    }
}

TEST_CASE("what is shared by default is what people mount")
{
    const std::vector<share> both = {{"/home/alice", true}, {"/tmp", true}};
    const std::vector<share> temporary = {{"/tmp", true}};
    auto where = alice();
    CHECK(defaults(where, "default").shares == both);
    where.home = "/home/alice/";
    CHECK(defaults(where, "default").shares == both);
    for (const char* const home : {"", "/", "/var/lib/alice/../docker", "relative", "/tmp"}) {
        where.home = home;
        CAPTURE(home);
        CHECK(defaults(where, "default").shares == temporary);
    }
    CHECK(
        defaults(root(), "default").shares == std::vector<share>{{"/home", true}, {"/tmp", true}}
    );
}

TEST_CASE("the system service uses the system's directories and not root's own")
{
    const auto values = defaults(root(), "default");
    CHECK(docker_socket(values) == "unix:///run/gangway/docker.sock");
    CHECK(values.control.listen == local_endpoint(unix_endpoint{"/run/gangway/control.sock"}));
    CHECK(values.state_dir == "/var/lib/gangway/default");
    CHECK(values.vm.image == "/var/lib/gangway/images");
    CHECK(default_config_file(root()) == "/etc/gangway/gangway.json");
}

TEST_CASE("instances share neither sockets nor state")
{
    const auto user = defaults(alice(), "work");
    CHECK(docker_socket(user) == "unix:///run/user/1000/gangway/work/docker.sock");
    CHECK(
        user.control.listen ==
        local_endpoint(unix_endpoint{"/run/user/1000/gangway/work/control.sock"})
    );
    CHECK(user.state_dir == "/home/alice/.local/state/gangway/work");
    CHECK(user.vm.image == defaults(alice(), "default").vm.image);

    const auto system = defaults(root(), "work");
    CHECK(docker_socket(system) == "unix:///run/gangway/work/docker.sock");
    CHECK(system.state_dir == "/var/lib/gangway/work");
}

TEST_CASE("the control socket is beside the first Unix socket")
{
    docker_socket_settings docker;
    docker.listen = {
        inherited_endpoint{}, unix_endpoint{"/tmp/a/docker.sock"}, unix_endpoint{"/tmp/b/d.sock"}};
    CHECK(to_string(default_control(alice(), "default", docker)) == "unix:///tmp/a/control.sock");
    docker.listen = {inherited_endpoint{}};
    CHECK(
        to_string(default_control(alice(), "default", docker)) ==
        "unix:///run/user/1000/gangway/control.sock"
    );
}

TEST_CASE("on Windows both sockets are named pipes, the first under the name that clients look for")
{
    auto windows = alice();
    windows.has_named_pipes = true;
    const auto usual = defaults(windows, "default");
    CHECK(docker_socket(usual) == "npipe:////./pipe/docker_engine");
    CHECK(to_string(usual.control.listen) == "npipe:////./pipe/gangway-control");
    const auto work = defaults(windows, "work");
    CHECK(docker_socket(work) == "npipe:////./pipe/gangway-work");
    CHECK(to_string(work.control.listen) == "npipe:////./pipe/gangway-work-control");
}

TEST_CASE("two daemons of Windows that listen in different places have their own control pipes")
{
    auto windows = alice();
    windows.has_named_pipes = true;
    docker_socket_settings docker;
    docker.listen = {pipe_endpoint{"podman"}, pipe_endpoint{"docker_engine"}};
    CHECK(
        to_string(default_control(windows, "default", docker)) == "npipe:////./pipe/podman-control"
    );
}

TEST_CASE("a home directory that nobody knows gives no configuration file")
{
    CHECK(default_config_file(environment{}).empty());
}

TEST_CASE("instance names are short and plain")
{
    for (const auto* const name :
         {"default", "a", "0", "ci-2", "a-", "abcdefghijklmnopqrstuvwxyz01234"})
        CHECK(is_instance_name(name));
    for (const auto* const name :
         {"",
          "-a",
          "A",
          "a_b",
          "a.b",
          "a/b",
          "..",
          "é",
          "images",
          "abcdefghijklmnopqrstuvwxyz012345"})
        CHECK_FALSE(is_instance_name(name));
}
