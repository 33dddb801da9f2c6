// The daemon, the clients and the cleaning up around one scenario.
#include "tests/integration/scene.hpp"

#include "tests/support/test_outcome.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>
#include <regex>
#include <sstream>

namespace integration {
namespace {

using test_support::gangwayd_options;

bool is_direct_run()
{
    const char* value = std::getenv("GANGWAY_TEST_DIRECT");
    return value != nullptr && std::string_view(value) == "1";
}

const test_support::engine_address& engine_behind(upstream which)
{
    return which == upstream::mutual_tls ? shared_engines().tls : shared_engines().plain;
}

gangwayd_options options_for(upstream which)
{
    const auto& engine = engine_behind(which);
    if (which == upstream::unix_socket) return {.engine = engine.unix_url()};
    if (which == upstream::tcp) return {.engine = engine.tcp_url()};
    return {.engine = engine.tcp_url(), .tls_dir = shared_engines().pki.client};
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, upstream which)
{
    switch (which) {
        case upstream::unix_socket:
            return out << "unix socket";
        case upstream::tcp:
            return out << "TCP";
        case upstream::mutual_tls:
            return out << "mutual TLS";
        case upstream::direct:
            return out << "direct";
    }
    return out;
}

upstream each_upstream()
{
    using enum upstream;
    static const std::vector<upstream> chosen =
        is_direct_run() ? std::vector{direct} : std::vector{unix_socket, tcp, mutual_tls};
    const auto which = GENERATE(from_range(chosen));
    return which;
}

upstream each_way()
{
    using enum upstream;
    const auto which = GENERATE(direct, unix_socket, tcp, mutual_tls);
    return which;
}

scene::scene(upstream which, const std::vector<std::string>& shares)
    : which_(which),
      engine_(engine_behind(which)),
      docker_(
          directory_ / "client",
          which == upstream::direct ? engine_.unix_url()
                                    : "unix://" + (directory_ / "run/docker.sock").string()
      ),
      direct_(directory_ / "direct", engine_.unix_url())
{
    if (which == upstream::direct) return;
    auto options = options_for(which);
    if (!shares.empty()) options.configuration = nlohmann::json{{"shares", shares}}.dump();
    gangwayd_.emplace(directory_.path(), options);
}

scene::~scene()
{
    if (test_support::current_test_has_failed()) std::cerr << "--- upstream: " << which_ << '\n';
    try {
        if (const auto containers = direct_.text({"ps", "-aq"}); !containers.empty()) {
            auto command = lines_of(containers);
            command.insert(command.begin(), {"rm", "-f", "-v"});
            // One that is already on its way out is no failure.
            direct_.run(command);
        }
        for (const auto& image :
             lines_of(direct_.text({"images", "-a", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"})
             )) {
            if (image.starts_with("busybox:latest ")) continue;
            direct_.run({"rmi", "-f", image.substr(image.find(' ') + 1)});
        }
    } catch (const std::exception& error) {
        std::cerr << "cleaning up: " << error.what() << '\n';
    }
}

raw_client scene::connect() const
{
    return raw_client::to_socket(socket());
}

raw_client scene::connect_directly() const
{
    return raw_client::to_socket(engine_.socket);
}

std::filesystem::path scene::socket() const
{
    return gangwayd_ ? gangwayd_->docker_socket() : engine_.socket;
}

std::optional<pid_t> scene::gangwayd() const
{
    return gangwayd_ ? std::optional(gangwayd_->pid()) : std::nullopt;
}

std::size_t scene::descriptors() const
{
    return gangwayd_ ? test_support::descriptors_of(gangwayd_->pid()) : 0;
}

std::string scene::run_detached(std::vector<std::string> arguments) const
{
    arguments.insert(arguments.begin(), {"run", "-d", "--network", "none"});
    return docker_.text(std::move(arguments));
}

bool scene::is_running(const std::string& container) const
{
    const auto inspected = direct_.run({"inspect", "-f", "{{.State.Running}}", container});
    return inspected.out == "true\n";
}

std::vector<std::string> run_arguments(
    std::vector<std::string> options, std::vector<std::string> command
)
{
    std::vector<std::string> arguments{"run", "--rm", "--network", "none"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.emplace_back("busybox");
    arguments.insert(arguments.end(), command.begin(), command.end());
    return arguments;
}

std::string masked(std::string text)
{
    static const std::regex identifier("\\b(sha256:)?[0-9a-f]{12,64}\\b");
    static const std::regex date("Date: [^\r\n]*");
    text = std::regex_replace(text, identifier, "<id>");
    return std::regex_replace(text, date, "Date: <now>");
}

}  // namespace integration
