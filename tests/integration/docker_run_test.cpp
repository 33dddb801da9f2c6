// `docker version`, `info` and `run` with every shape of standard input and output.
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sstream>
#include <string>

using namespace integration;
using test_support::patterned_bytes;

namespace {

// docker prints this line or not, also directly: two of its goroutines race when a start fails
// (docker/cli cli/command/container/run.go cancels the wait that waitExitOrRemoved reports).
std::string without_race(const std::string& text)
{
    std::istringstream lines(text);
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("error waiting for container: context canceled") != std::string::npos)
            continue;
        kept += line + "\n";
    }
    return kept;
}

}  // namespace

TEST_CASE("docker version and info tell what the engine tells directly", "[run]")
{
    const scene scene(each_upstream());
    const std::vector<std::vector<std::string>> commands{
        {"version", "--format", "{{json .}}"},
        // Of info, what does not change from one call to the next.
        {"info", "--format", "{{.ID}} {{.ServerVersion}} {{.Driver}} {{.DockerRootDir}} {{.Name}}"},
    };
    for (const auto& command : commands) {
        const auto through = scene.docker().run(command);
        const auto directly = scene.direct().run(command);
        CAPTURE(command, through.err);
        CHECK(through.exit_status == 0);
        CHECK(through.out == directly.out);
        CHECK(through.out.size() > 20);
    }
}

TEST_CASE("docker run prints what the container prints and ends as it ends", "[run]")
{
    const scene scene(each_upstream());
    const auto result =
        scene.docker().run(run_arguments({}, {"sh", "-c", "echo to-out; echo to-err >&2; exit 42"})
        );
    CHECK(result.exit_status == 42);
    CHECK(result.out == "to-out\n");
    CHECK(result.err == "to-err\n");
}

TEST_CASE("docker run of what does not exist fails as it does directly", "[run]")
{
    const scene scene(each_upstream());
    const auto arguments = run_arguments({}, {"/no/such/program"});
    const auto through = scene.docker().run(arguments);
    const auto directly = scene.direct().run(arguments);
    CHECK(through.exit_status == 127);
    CHECK(through.exit_status == directly.exit_status);
    CHECK(without_race(masked(through.err)) == without_race(masked(directly.err)));
}

TEST_CASE("docker run -i returns the bytes it was piped", "[c16][run]")
{
    const scene scene(each_way());
    const std::size_t size = GENERATE(0U, 1U, 4095U, 4096U, 65536U, 10'000'000U);
    CAPTURE(size);
    const auto sent = patterned_bytes(size);
    const auto result = scene.docker().run(run_arguments({"-i"}, {"cat"}), piped_text{sent});
    CHECK(result.exit_status == 0);
    CHECK(result.err.empty());
    // Not CHECK(a == b): a failure would print a megabyte.
    const bool same_bytes = result.out == sent;
    CHECK(same_bytes);
    CHECK(result.out.size() == sent.size());
}

TEST_CASE("docker run -i into cat returns its line every time", "[c16][run]")
{
    const scene scene(each_way());
    for (int round = 0; round < 6; ++round) {
        const auto line = "line " + std::to_string(round) + "\n";
        const auto result = scene.docker().run(run_arguments({"-i"}, {"cat"}), piped_text{line});
        CHECK(result.exit_status == 0);
        CHECK(result.out == line);
    }
}

TEST_CASE("docker run -i gives its output although its input ended long before", "[c17][run]")
{
    const scene scene(each_way());
    const auto result = scene.docker().run(
        run_arguments({"-i"}, {"sh", "-c", "cat; sleep 3; echo after"}), piped_text{"before\n"}
    );
    CHECK(result.exit_status == 0);
    CHECK(result.out == "before\nafter\n");
}

TEST_CASE("docker run carries 64 MiB of output without losing a byte", "[c19][run]")
{
    const scene scene(each_way());
    // The engine's own log of 64 MiB would be most of the time.
    auto command = scene.docker().command(run_arguments(
        {"--log-driver", "none"},
        {"sh", "-c", "head -c 67108864 /dev/urandom | tee /tmp/all; md5sum </tmp/all >&2"}
    ));
    command.output_file = scene.directory() / "received";
    const auto result = test_support::run(command, std::chrono::minutes(2));
    CHECK(result.exit_status == 0);
    CHECK(std::filesystem::file_size(*command.output_file) == 67108864);
    const auto sum = test_support::run_checked({
        .arguments = {"md5sum"},
        .input = input_file{*command.output_file},
    });
    CHECK(result.err == sum);
}

TEST_CASE("a container's signal is the client's exit status", "[c21][run]")
{
    const scene scene(each_way());
    process client(scene.docker().command(run_arguments(
        {}, {"sh", "-c", "trap 'echo caught; exit 9' TERM; echo up; while :; do sleep 0.1; done"}
    )));
    client.expect_output("up\n");
    client.signal(SIGTERM);
    const auto result = client.finish();
    CHECK(result.exit_status == 9);
    CHECK(result.out == "up\ncaught\n");
}
