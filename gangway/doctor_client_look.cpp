// Looks the facts up, on every platform.
#include "config/environment.hpp"
#include "gangway/docker_context.hpp"
#include "gangway/doctor_client.hpp"
#include "gangway/doctor_listener.hpp"
#include "gangway/host_routes.hpp"
#include "gangway/program_output.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string_view>
#include <variant>

namespace gangway {
namespace {

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

// Nothing: it is none of this machine.
std::optional<config::local_endpoint> local_part(const std::string& host)
{
    constexpr std::string_view scheme = "unix://";
    if (host.starts_with(scheme)) return config::unix_endpoint{host.substr(scheme.size())};
    const auto endpoint = config::parse_listen_endpoint(host);
    if (!endpoint) return std::nullopt;
    if (const auto* const pipe = std::get_if<config::pipe_endpoint>(&*endpoint)) return *pipe;
    return std::nullopt;
}

endpoint_facts look_at_endpoint(const std::optional<config::local_endpoint>& docker_socket)
{
    endpoint_facts facts;
    facts.docker_host = variable("DOCKER_HOST");
    facts.docker_context = variable("DOCKER_CONTEXT");
    const bool has_files =
        !variable("DOCKER_CONFIG").empty() || !config::read_environment().home.empty();
    if (has_files) {
        const auto directory = docker_client_directory();
        facts.current_context = selected_context(directory);
        if (const auto context = context_in_use(facts); !context.empty())
            facts.context_host = host_of_context(directory, context);
    }
    if (docker_socket) facts.our_host = config::to_string(*docker_socket);
    const auto host = host_in_use(facts);
    const auto endpoint = host ? local_part(*host) : std::nullopt;
    if (!endpoint) return facts;
    facts.exists = is_there(*endpoint);
    // A socket that is not there yet has a name all the same.
    facts.leads_to_us = docker_socket && is_same(*endpoint, *docker_socket);
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
    const auto printed =
        program_output(*client, {"-H", nobodys_host(), "version", "-f", "{{.Client.APIVersion}}"});
    if (printed) facts.client = printed->substr(0, printed->find_first_of("\r\n"));
    return facts;
}

}  // namespace

findings client_findings(
    const std::optional<config::local_endpoint>& docker_socket,
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
    if (const auto routes = host_routes(); vm && routes) {
        const auto engine_settings = nlohmann::json::parse(daemon_json, nullptr, false);
        const bool usual = !engine_settings.is_object() || !engine_settings.contains("bip");
        all.push_back(judge_routes(*routes, usual));
    }
    return all;
}

}  // namespace gangway
