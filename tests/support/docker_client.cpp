// The real `docker` program, pointed at one socket.
#include "tests/support/docker_client.hpp"

#include <stdexcept>
#include <utility>

namespace test_support {

docker_client::docker_client(std::filesystem::path directory, std::string host)
    : host_(std::move(host)),
      environment_{
          {"DOCKER_HOST", host_},
          {"DOCKER_CONFIG", directory.string()},
          // Debian packages no buildx plugin, and BuildKit does not build without it.
          {"DOCKER_BUILDKIT", "0"},
          {"HOME", directory.string()},
          {"LC_ALL", "C"},
      }
{
    std::filesystem::create_directories(directory);
}

process_result docker_client::run(
    std::vector<std::string> arguments, process_input input, std::chrono::milliseconds limit
) const
{
    return test_support::run(command(std::move(arguments), std::move(input)), limit);
}

std::string docker_client::text(std::vector<std::string> arguments, process_input input) const
{
    auto result = run(arguments, std::move(input));
    if (result.exit_status != 0) {
        std::string line = "docker";
        for (const auto& argument : arguments) line += " " + argument;
        throw std::runtime_error(
            "`" + line + "` ended with " + std::to_string(result.exit_status) + ": " + result.err
        );
    }
    if (!result.out.empty() && result.out.back() == '\n') result.out.pop_back();
    return std::move(result.out);
}

process_options docker_client::command(std::vector<std::string> arguments, process_input input)
    const
{
    arguments.insert(arguments.begin(), "docker");
    return {
        .arguments = std::move(arguments),
        .environment = environment_,
        .input = std::move(input),
    };
}

}  // namespace test_support
