// Unix sockets: files, and Linux' list of those that are listened on.
#include "gangway/doctor_listener.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <variant>

namespace gangway {
namespace {

namespace fs = std::filesystem;

// Nothing: this system has no such file.
std::optional<std::string> unix_sockets()
{
    std::ifstream file("/proc/net/unix", std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

socket_facts look_at_socket(const std::string& check, const fs::path& path, bool daemon_runs)
{
    socket_facts facts;
    facts.check = check;
    facts.path = path;
    facts.daemon_runs = daemon_runs;

    struct stat status {};

    if (::stat(path.c_str(), &status) != 0) return facts;
    facts.exists = true;
    facts.is_socket = S_ISSOCK(status.st_mode);
    facts.usable = ::access(path.c_str(), W_OK) == 0;
    facts.mine = status.st_uid == ::geteuid();
    facts.mode = status.st_mode & 0777U;
    if (const auto list = unix_sockets()) facts.listened_on = is_listened_on(*list, path);
    return facts;
}

// Nothing: it is a pipe.
std::optional<fs::path> path_of(const config::local_endpoint& endpoint)
{
    const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint);
    if (socket == nullptr) return std::nullopt;
    return socket->path;
}

}  // namespace

bool is_there(const config::local_endpoint& endpoint)
{
    const auto path = path_of(endpoint);
    std::error_code unknown;
    return path && fs::exists(*path, unknown);
}

bool is_same(const config::local_endpoint& one, const config::local_endpoint& other)
{
    if (one == other) return true;
    const auto path = path_of(one);
    const auto other_path = path_of(other);
    std::error_code unknown;
    return path && other_path &&
           fs::weakly_canonical(*path, unknown) == fs::weakly_canonical(*other_path, unknown);
}

bool starts_what_it_serves(const config::local_endpoint& endpoint)
{
    const auto path = path_of(endpoint);
    const auto list = unix_sockets();
    return path && list && is_listened_on(*list, *path);
}

finding look_at_listener(
    const std::string& check, const config::local_endpoint& endpoint, const daemon_facts& daemon
)
{
    if (const auto path = path_of(endpoint))
        return judge_socket(look_at_socket(check, *path, daemon.runs));
    return {
        check,
        verdict::wrong,
        config::to_string(endpoint) + " is a named pipe, which Windows alone has",
        "name a unix socket"};
}

std::string nobodys_host()
{
    return "unix:///dev/null";
}

}  // namespace gangway
