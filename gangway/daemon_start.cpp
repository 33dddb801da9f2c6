// Finds the daemon's control socket, and knocks at its docker socket when nobody is there.
#include "gangway/daemon_start.hpp"

#include "config/environment.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <algorithm>
#include <thread>

namespace gangway {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using stream_protocol = asio::local::stream_protocol;

constexpr std::chrono::milliseconds look_again{50};

bool has_unit(const unit_search& units)
{
    return std::ranges::any_of(units.directories, [](const fs::path& directory) {
        std::error_code ignored;  // what cannot be looked at is not installed for us
        return fs::exists(directory / "gangwayd.socket", ignored);
    });
}

// Whether the other side has closed the connection. It never sends: we have asked nothing.
bool is_closed(stream_protocol::socket& socket)
{
    char byte = 0;
    boost::system::error_code error;
    socket.receive(asio::buffer(&byte, 1), stream_protocol::socket::message_peek, error);
    return error && error != asio::error::would_block;
}

}  // namespace

unit_search read_unit_search()
{
    const auto where = config::read_environment();
    unit_search result{where.system_service, {}};
    const std::string kind = where.system_service ? "systemd/system" : "systemd/user";
    if (!where.system_service) {
        const auto base = [&](const fs::path& xdg, const char* fallback) {
            return xdg.is_absolute() ? xdg : where.home / fallback;
        };
        result.directories = {
            base(where.xdg_config_home, ".config") / kind,
            base(where.xdg_data_home, ".local/share") / kind,
        };
    }
    for (const auto* const prefix : {"/etc", "/usr/local/lib", "/usr/lib", "/lib"})
        result.directories.push_back(fs::path(prefix) / kind);
    return result;
}

std::string not_running_sentence(const fs::path& control_socket, const unit_search& units)
{
    const std::string start = units.system_service ? "systemctl start gangwayd.socket"
                                                   : "systemctl --user start gangwayd.socket";
    return "gangwayd is not running (nothing listens on " + control_socket.string() + "); start " +
           (has_unit(units) ? "it with `" + start + "`" : std::string("it by running `gangwayd`"));
}

void reach_daemon(
    const fs::path& control,
    const std::optional<fs::path>& docker_socket,
    const unit_search& units,
    std::chrono::milliseconds patience
)
{
    const control_client client(control);
    if (client.reachable()) return;
    asio::io_context context;
    stream_protocol::socket knock(context);
    boost::system::error_code error;
    if (docker_socket) knock.connect(stream_protocol::endpoint(docker_socket->string()), error);
    if (!docker_socket || error) throw daemon_not_running(not_running_sentence(control, units));
    knock.non_blocking(true);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!client.reachable()) {
        if (is_closed(knock))
            throw daemon_not_running(
                "gangwayd was asked for through " + docker_socket->string() +
                " and has not started; see `journalctl --user -u gangwayd`, as root without --user"
            );
        if (std::chrono::steady_clock::now() >= give_up)
            throw daemon_not_running(
                "somebody listens on " + docker_socket->string() +
                ", but nobody on the control "
                "socket " +
                control.string() + "; if gangwayd runs with another one, give it with --control"
            );
        std::this_thread::sleep_for(look_again);
    }
}

std::optional<fs::path> docker_socket(const config::settings& settings)
{
    for (const auto& endpoint : settings.docker.listen)
        if (const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint))
            return socket->path;
    return std::nullopt;
}

control_client find_daemon(const config::overrides& where)
{
    const auto settings = config::load(where).values;
    std::optional<fs::path> socket;
    // A control socket that was named need not belong to the docker socket of the configuration.
    if (!where.control) socket = docker_socket(settings);
    reach_daemon(settings.control.listen.path, socket, read_unit_search());
    return control_client(settings.control.listen.path);
}

}  // namespace gangway
