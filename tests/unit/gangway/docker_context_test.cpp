// Contexts, beside those that the docker client makes itself.
#include "gangway/docker_context.hpp"

#include "gangway/failure.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <iterator>

using gangway::docker_context;
using test_support::read_file;
using test_support::test_directory;
using test_support::write_file;
namespace fs = std::filesystem;

namespace {

constexpr auto host = "unix:///run/user/1000/gangway/docker.sock";

// The client with its files in `directory`, and with nothing that says which engine.
std::string docker(const fs::path& directory, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"docker", "--config", directory.string()});
    const auto result = test_support::run(
        {.arguments = arguments,
         .environment = {{"DOCKER_HOST", std::nullopt}, {"DOCKER_CONTEXT", std::nullopt}}}
    );
    CAPTURE(result.err);
    CHECK(result.exit_status == 0);
    return result.out;
}

fs::path only_file_in(const fs::path& directory)
{
    fs::path found;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file()) continue;
        CHECK(found.empty());
        found = entry.path();
    }
    return found;
}

}  // namespace

TEST_CASE("a context is what the docker client would have made")
{
    const test_directory ours;
    const test_directory theirs;
    docker_context(ours.path(), "gangway").install(host, "default");
    docker(
        theirs.path(),
        {"context",
         "create",
         "gangway",
         "--description",
         "Gangway, instance default",
         "--docker",
         std::string("host=") + host}
    );
    const auto here = only_file_in(ours.path());
    const auto there = only_file_in(theirs.path());
    CHECK(here.lexically_relative(ours.path()) == there.lexically_relative(theirs.path()));
    CHECK(read_file(here) == read_file(there));
    CHECK(fs::status(here).permissions() == fs::status(there).permissions());
}

TEST_CASE("a context is selected, led elsewhere and removed, and the client agrees")
{
    const test_directory here;
    write_file(
        here / "config.json", R"({"zeta": {"b": 1, "a": 12345678901234567890}, "auths": {}})"
    );
    fs::permissions(here / "config.json", fs::perms{0640});
    const docker_context context(here.path(), "gangway");
    const auto selected = [&] {
        return docker(here.path(), {"context", "inspect", "-f", "{{.Name}}"});
    };

    context.install("unix:///old", "default");
    CHECK(selected() == "default\n");
    context.install(host, "default");
    context.select();
    CHECK(selected() == "gangway\n");
    CHECK(
        docker(here.path(), {"context", "inspect", "-f", "{{.Endpoints.docker.Host}}"}) ==
        std::string(host) + "\n"
    );
    // What else the file holds stays as it is.
    CHECK(
        read_file(here / "config.json") ==
        "{\n\t\"zeta\": {\n\t\t\"b\": 1,\n\t\t\"a\": 12345678901234567890\n\t},\n\t\"auths\": {},\n"
        "\t\"currentContext\": \"gangway\"\n}"
    );
    CHECK(fs::status(here / "config.json").permissions() == fs::perms{0640});

    context.remove();
    CHECK(selected() == "default\n");
    CHECK(docker(here.path(), {"context", "ls", "--quiet"}) == "default\n");
    CHECK_NOTHROW(context.remove());
}

TEST_CASE("another context that is selected stays so when ours is removed")
{
    const test_directory here;
    write_file(here / "config.json", R"({"currentContext": "other"})");
    docker_context(here.path(), "gangway").remove();
    CHECK(read_file(here / "config.json") == R"({"currentContext": "other"})");
}

TEST_CASE("a client's directory is made where there is none, for its owner alone where secrets go")
{
    const test_directory here;
    const docker_context context(here / "docker", "gangway");
    context.install(host, "default");
    context.select();
    CHECK(fs::status(here / "docker").permissions() == fs::perms::owner_all);
    CHECK(fs::status(here / "docker/config.json").permissions() == fs::perms{0600});
    // And nothing else.
    CHECK(std::distance(fs::directory_iterator(here / "docker"), fs::directory_iterator()) == 2);
}

TEST_CASE("a configuration that is elsewhere by a link, or empty, is changed where it is")
{
    const test_directory here;
    const docker_context context(here / "docker", "gangway");
    context.install(host, "default");
    fs::create_symlink("../real.json", here / "docker/config.json");
    SECTION("and not there yet") {}
    SECTION("and empty")
    {
        write_file(here / "real.json", "\n");
    }
    context.select();
    CHECK(fs::is_symlink(here / "docker/config.json"));
    CHECK(read_file(here / "real.json") == "{\n\t\"currentContext\": \"gangway\"\n}");
}

TEST_CASE("a context that somebody else made is neither led elsewhere nor removed")
{
    const test_directory here;
    const std::string description = GENERATE("", "mine", "Gangway box at work");
    docker(
        here.path(),
        {"context",
         "create",
         "prod",
         "--description",
         description,
         "--docker",
         "host=tcp://192.0.2.1:2376"}
    );
    const auto file = only_file_in(here.path());
    const auto before = read_file(file);
    const docker_context context(here.path(), "prod");
    CHECK_THROWS_WITH(context.install(host, "default"), Catch::Contains("docker context rm prod"));
    CHECK_THROWS_WITH(context.remove(), Catch::Contains("docker context rm prod"));
    CHECK(read_file(file) == before);
}

TEST_CASE("what cannot be done leaves the client's files alone, and says which")
{
    const test_directory here;
    write_file(here / "config.json", "{ broken");
    const docker_context context(here.path(), "gangway");
    context.install(host, "default");
    CHECK_THROWS_WITH(context.select(), Catch::Contains((here / "config.json").string()));
    CHECK(read_file(here / "config.json") == "{ broken");

    const std::string name = GENERATE("", "x", "default", "a b", "../a", "-a");
    CHECK_THROWS_AS(docker_context(here.path(), name), gangway::failure);
}
