// Looks the facts up.
#include "gangway/docker_context.hpp"
#include "gangway/doctor_client.hpp"
#include "gangway/program_output.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace gangway {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
    const auto* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string either(const char* name, const char* other)
{
    const auto value = variable(name);
    return value.empty() ? variable(other) : value;
}

endpoint_facts look_at_endpoint(const std::optional<fs::path>& docker_socket)
{
    endpoint_facts facts;
    facts.docker_host = variable("DOCKER_HOST");
    facts.docker_context = variable("DOCKER_CONTEXT");
    const bool has_files = !variable("DOCKER_CONFIG").empty() || !variable("HOME").empty();
    if (has_files) {
        const auto directory = docker_client_directory();
        facts.current_context = selected_context(directory);
        if (const auto context = context_in_use(facts); !context.empty())
            facts.context_host = host_of_context(directory, context);
    }
    if (docker_socket) facts.our_host = "unix://" + docker_socket->string();
    constexpr std::string_view scheme = "unix://";
    const auto host = host_in_use(facts);
    if (!host || !host->starts_with(scheme)) return facts;
    const fs::path socket = host->substr(scheme.size());
    std::error_code unknown;
    facts.exists = fs::exists(socket, unknown);
    // A socket that is not there yet has a name all the same.
    facts.leads_to_us = docker_socket && (socket == *docker_socket ||
                                          fs::weakly_canonical(socket, unknown) ==
                                              fs::weakly_canonical(*docker_socket, unknown));
    return facts;
}

api_facts look_at_api(const engine_answer& engine)
{
    api_facts facts;
    facts.forced = !variable("DOCKER_API_VERSION").empty();
    facts.engine = engine.api;
    facts.engine_least = engine.least_api;
    facts.why_not_asked = engine.why_not_asked;
    const auto client = find_program("docker");
    facts.has_client = client.has_value();
    if (!client) return facts;
    // Its own version needs no engine, and no engine is to be woken: it is sent where none is.
    const auto printed = program_output(
        *client, {"-H", "unix:///dev/null", "version", "-f", "{{.Client.APIVersion}}"}
    );
    if (printed) facts.client = printed->substr(0, printed->find_first_of("\r\n"));
    return facts;
}

std::string text_of(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

findings client_findings(
    const std::optional<fs::path>& docker_socket,
    const engine_answer& engine,
    bool vm,
    const std::string& daemon_json
)
{
    findings all{
        judge_endpoint(look_at_endpoint(docker_socket)),
        judge_api(look_at_api(engine)),
        judge_proxy(
            {either("HTTP_PROXY", "http_proxy"),
             either("HTTPS_PROXY", "https_proxy"),
             either("NO_PROXY", "no_proxy")}
        ),
    };
    if (vm) {
        const auto engine_settings = nlohmann::json::parse(daemon_json, nullptr, false);
        const bool usual = !engine_settings.is_object() || !engine_settings.contains("bip");
        all.push_back(judge_routes(parse_routes(text_of("/proc/net/route")), usual));
    }
    return all;
}

}  // namespace gangway
