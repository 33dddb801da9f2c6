// Finds the daemon's control socket, and knocks at its docker socket when nobody is there.
#include "gangway/daemon_start.hpp"

#include "gangway/control_connection.hpp"
#include "gangway/knock.hpp"
#include "gangway/service_command.hpp"

#include <thread>
#include <variant>

namespace gangway {
namespace {

constexpr std::chrono::milliseconds look_again{50};

}  // namespace

std::string not_running_sentence(
    const config::local_endpoint& control, const std::optional<std::string>& start_command
)
{
    return "gangwayd is not running (nothing listens on " + place_of(control) + "); start it " +
           (start_command ? "with `" + *start_command + "`" : std::string("by running `gangwayd`"));
}

void reach_daemon(
    const config::local_endpoint& control,
    const std::optional<config::local_endpoint>& docker_socket,
    const std::optional<std::string>& start_command,
    std::chrono::milliseconds patience
)
{
    const control_client client(control);
    if (client.reachable()) return;
    std::optional<knock> door;
    if (docker_socket) door.emplace(*docker_socket);
    if (!door || !door->is_heard())
        throw daemon_not_running(not_running_sentence(control, start_command));
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!client.reachable()) {
        if (door->is_turned_away())
            throw daemon_not_running(
                "gangwayd was asked for through " + place_of(*docker_socket) +
                " and has not started; see " + service_log_place()
            );
        if (std::chrono::steady_clock::now() >= give_up)
            throw daemon_not_running(
                "somebody listens on " + place_of(*docker_socket) +
                ", but nobody on the control "
                "socket " +
                place_of(control) + "; if gangwayd runs with another one, give it with --control"
            );
        std::this_thread::sleep_for(look_again);
    }
}

std::optional<config::local_endpoint> docker_socket(const config::settings& settings)
{
    for (const auto& endpoint : settings.docker.listen) {
        if (const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint))
            return *socket;
        if (const auto* const pipe = std::get_if<config::pipe_endpoint>(&endpoint)) return *pipe;
    }
    return std::nullopt;
}

control_client find_daemon(const config::overrides& where)
{
    const auto settings = config::load(where).values;
    std::optional<config::local_endpoint> socket;
    // A control socket that was named need not belong to the docker socket of the configuration.
    if (!where.control) socket = docker_socket(settings);
    const config::local_endpoint control = settings.control.listen;
    reach_daemon(control, socket, service_start_command());
    return control_client(control);
}

}  // namespace gangway
