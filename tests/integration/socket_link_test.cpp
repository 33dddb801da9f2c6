// Tools that nobody has told anything find the engine by `gangway socket link`, in a mount
// namespace with a /var/run of its own.
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace integration;

namespace {

// One that knows neither DOCKER_HOST nor a context, in `script`, whose first argument is gangway
// with the configuration of `here`.
test_support::process_result in_a_machine_of_its_own(const scene& here, const std::string& script)
{
    const auto& home = here.directory();
    test_support::write_file(
        home / "config.json",
        R"({"docker": {"listen": ["unix://)" + here.socket().string() + R"("]}})"
    );
    test_support::write_file(
        home / "gangway",
        "#!/bin/sh\nexec " GANGWAY_PROGRAM " --config " + (home / "config.json").string() +
            " \"$@\"\n"
    );
    return test_support::run(
        {.arguments =
             {"unshare",
              "--mount",
              "sh",
              "-euc",
              "mount -t tmpfs none /var/run\ngangway() { sh \"$HOME/gangway\" \"$@\"; }\n" +
                  script},
         .environment =
             {{"HOME", home.path().string()},
              {"DOCKER_HOST", std::nullopt},
              {"DOCKER_CONTEXT", std::nullopt},
              {"DOCKER_CONFIG", std::nullopt}}}
    );
}

}  // namespace

TEST_CASE("the docker client and docker-py find the engine where everybody looks", "[gangwayd]")
{
    const scene here(upstream::unix_socket);
    const auto result = in_a_machine_of_its_own(
        here,
        "gangway socket link --yes\n"
        "docker version -f '{{.Server.Version}}'\n"
        "python3 -c 'import docker; print(docker.from_env().version()[\"Version\"])'\n"
        "gangway socket unlink\n"
        "ls -A \"$HOME/.docker/run\" /var/run/docker.sock || true\n"
    );
    CAPTURE(result.out, result.err);
    CHECK(result.exit_status == 0);
    const auto version = here.direct().text({"version", "-f", "{{.Server.Version}}"});
    const auto home = here.directory().path().string() + "/.docker/run/docker.sock";
    const auto socket = here.socket().string();
    CHECK(
        result.out == home + " leads to " + socket + "\n/var/run/docker.sock leads to " + socket +
                          "\n" + version + "\n" + version + "\n" + home +
                          " is removed\n/var/run/docker.sock is removed\n" +
                          here.directory().path().string() + "/.docker/run:\n"
    );
}
