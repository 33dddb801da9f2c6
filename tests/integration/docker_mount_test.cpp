// Bind mounts of the docker client behind a daemon that knows what the engine sees of this host.
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

using namespace integration;
namespace fs = std::filesystem;

namespace {

// A directory that the engine is said to see, and one that it is not.
struct places {
    places()
    {
        const auto top = fs::canonical(directory.path());
        for (auto* const place : {&shared, &hidden}) {
            *place = top / (place == &shared ? "shared" : "hidden");
            fs::create_directory(*place);
        }
    }

    test_support::test_directory directory;
    fs::path shared;
    fs::path hidden;
};

}  // namespace

TEST_CASE("a bind mount under a share shows the files, and what is made there stays", "[mount]")
{
    const places here;
    const scene scene(each_upstream(), {here.shared.string()});
    test_support::write_file(here.shared / "in", "from the host\n");
    const auto result = scene.docker().run(run_arguments(
        {"-v",
         here.shared.string() + ":/w",
         "--mount",
         "type=bind,source=" + here.shared.string() + ",target=/again,readonly"},
        {"sh", "-c", "cat /w/in && cp /w/in /w/out && ! touch /again/no"}
    ));
    CAPTURE(result.err);
    CHECK(result.exit_status == 0);
    CHECK(result.out == "from the host\n");
    CHECK(test_support::read_file(here.shared / "out") == "from the host\n");
}

TEST_CASE("a mount that would be empty is an error, whichever way it is asked for", "[mount]")
{
    const places here;
    const scene scene(upstream::unix_socket, {here.shared.string()});
    const auto source = (here.hidden / "x").string();
    const std::vector<std::vector<std::string>> commands{
        {"create", "-v", source + ":/w", "busybox"},
        {"create", "--mount", "type=bind,source=" + source + ",target=/w", "busybox"},
        {"create",
         "--mount",
         "type=volume,source=v,target=/"
         "w,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=" +
             source,
         "busybox"},
        {"volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=" + source, "v"},
    };
    for (const auto& command : commands) {
        const auto result = scene.docker().run(command);
        CAPTURE(command, result.out, result.err);
        CHECK(result.exit_status != 0);
        CHECK(result.err.find(source + " is not shared") != std::string::npos);
        CHECK(result.err.find(here.shared.string()) != std::string::npos);
    }
    CHECK_FALSE(fs::exists(source));
    CHECK(scene.direct().text({"ps", "-aq"}).empty());
    CHECK(scene.direct().text({"volume", "ls", "-q"}).empty());
}

TEST_CASE("a mount through a symbolic link shows what the link leads to", "[mount]")
{
    const places here;
    const scene scene(upstream::tcp, {here.shared.string()});
    test_support::write_file(here.shared / "in", "there\n");
    const auto link = here.hidden / "link";
    fs::create_directory_symlink(here.shared, link);
    const auto result =
        scene.docker().run(run_arguments({"-v", link.string() + ":/w"}, {"cat", "/w/in"}));
    CAPTURE(result.err);
    CHECK(result.out == "there\n");
}

TEST_CASE("containers are found by the path that they were told to mount, and by theirs", "[mount]")
{
    const places here;
    const scene scene(each_upstream(), {here.shared.string()});
    const auto link = here.hidden / "link";
    fs::create_directory_symlink(here.shared, link);
    const auto container =
        scene.docker().text({"create", "-v", link.string() + ":/w", "busybox", "true"});
    const auto found = [&](const std::string& path) {
        return scene.docker().text(
            {"ps", "--all", "--quiet", "--no-trunc", "--filter", "volume=" + path}
        );
    };
    CHECK(found(link.string()) == container);
    CHECK(found(here.shared.string()) == container);
    CHECK(found("/w") == container);
    CHECK(found(here.hidden.string()).empty());
}

TEST_CASE("the docker socket in a container is the engine's own", "[mount]")
{
    const places here;
    const scene scene(upstream::mutual_tls, {here.shared.string()});
    const auto mounted = [&](const std::string& source) {
        // Created only: on this host the engine listens elsewhere.
        const auto container =
            scene.docker().text({"create", "-v", source + ":/s", "busybox", "true"});
        return scene.direct().text({"inspect", "-f", "{{index .HostConfig.Binds 0}}", container});
    };
    const auto link = here.hidden / "docker.sock";
    fs::create_symlink(scene.socket(), link);
    CHECK(mounted(scene.socket()) == "/var/run/docker.sock:/s");
    CHECK(mounted(link) == "/var/run/docker.sock:/s");
    CHECK(mounted("/var/run/docker.sock") == "/var/run/docker.sock:/s");
    CHECK(mounted("/proc") == "/proc:/s");
    CHECK(mounted("cache") == "cache:/s");
}
