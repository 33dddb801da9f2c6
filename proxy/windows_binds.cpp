// bind_rules where paths are written as on Windows: each kind of path, and what becomes of it.
#include "proxy/bind_rules.hpp"
#include "proxy/msys_paths.hpp"

#include <algorithm>

namespace proxy {
namespace {

using config::windows_path;
using kind = windows_path::kind;

constexpr std::string_view usual_pipe = "docker_engine";

constexpr std::string_view to_git_bash =
    "; set MSYS_NO_PATHCONV=1 for the command, or let the path begin with two slashes: ";

// Behind a path that cannot be in the VM.
std::string why_not(const std::string& source, const windows_path& path)
{
    switch (path.is) {
        case kind::drive_relative: {
            const auto name = source.substr(2);
            return source + " is relative to where the shell is on drive " + source.substr(0, 2) +
                   ", which only the shell knows; write the whole path, such as " +
                   source.substr(0, 2) + "\\...\\" + name;
        }
        case kind::rooted:
            return source +
                   " does not say which drive it is on; write the whole path, such as C:" + source;
        case kind::on_server:
            return source +
                   " is on a file server, and only directories of this machine's drives can be "
                   "shared with the VM; copy it to one, or let the engine mount it (`docker volume "
                   "create -o type=cifs ...`)";
        case kind::pipe:
            return source +
                   " is a named pipe, and no pipe but Docker's own (\\\\.\\pipe\\docker_engine) "
                   "can "
                   "be in a container";
        case kind::device:
            return source + " is a device of this machine, which a container cannot have";
        default:
            return source +
                   " is no path of Windows; write it with its drive, such as C:\\Users\\me or "
                   "/c/Users/me";
    }
}

// "\\var\run\docker.sock", if that is what it was. Only what the engine's machine has can be told
// from a file server.
std::string path_before_backslashes(std::string source)
{
    if (!source.starts_with("\\\\")) return {};
    std::ranges::replace(source, '\\', '/');
    auto path = config::read_windows_path(source);
    return path.is == kind::unix_path && means_the_engines_machine(path.text) ? path.text : "";
}

std::string made_by_msys(const std::string& source, const std::string& meant)
{
    return source + " is what Git Bash (MSYS) makes of " + meant + std::string(to_git_bash) + "/" +
           meant;
}

}  // namespace

std::string bind_rules::translate_windows(const std::string& source) const
{
    if (is_list_of_msys(source) || is_beginning_of_list_of_msys(source))
        throw path_not_shared(
            source + " is what Git Bash (MSYS) makes of SOURCE:TARGET, a list of Windows' paths" +
            std::string(to_git_bash) + "//c/Users/me:/target"
        );
    const auto path = config::read_windows_path(source);
    switch (path.is) {
        case kind::none:
            return source;
        case kind::on_drive:
            return translate_on_drive(source, path.text);
        case kind::pipe:
            if (is_docker_pipe(path.text)) return std::string(engine_socket);
            break;
        case kind::unix_path:
            if (is_usual_docker_socket(path.text))
                return path.text == engine_socket && !source.starts_with("//")
                           ? source
                           : std::string(engine_socket);
            if (path.text == "/" || means_the_engines_machine(path.text))
                return source.starts_with("//") ? path.text : source;
            break;
        default:
            break;
    }
    if (const auto meant = path_before_backslashes(source); !meant.empty())
        throw path_not_shared(made_by_msys(source, meant));
    throw path_not_shared(why_not(source, path) + "; " + what_is_shared());
}

// `path` is the text of the path that is `source`.
std::string bind_rules::translate_on_drive(const std::string& source, const std::string& path) const
{
    const auto real = resolve_(path);
    const bool is_socket = std::ranges::any_of(docker_sockets_, [&](const std::string& socket) {
        const auto other = config::read_windows_path(socket);
        return other.is == kind::on_drive && config::equal_on_windows(other.text, path);
    });
    if (is_socket) return std::string(engine_socket);
    // A share may lead elsewhere, too, and have other letters on the disk.
    const config::share* innermost = nullptr;
    std::string top;
    for (const auto& share : shares_) {
        const auto named = share.path.string();
        for (const auto& each : {named, resolve_(named)}) {
            if (!is_within(real, each) || (innermost && each.size() < top.size())) continue;
            innermost = &share;
            top = each;
        }
    }
    const auto msys = read_msys_path(path);
    // Who shares the shell's own directory means it.
    if (msys && (!innermost || top.size() < msys->top))
        throw path_not_shared(made_by_msys(source, msys->meant));
    if (!innermost) throw path_not_shared(refusal(source, real == path ? source : real));
    auto there = innermost->elsewhere.string();
    auto below =
        real.substr(std::min(real.size(), top.ends_with('\\') ? top.size() - 1 : top.size()));
    if (below != "\\") there += below;
    std::ranges::replace(there, '\\', '/');
    return there + "/" == source ? source : there;
}

bool bind_rules::is_docker_pipe(std::string_view name) const
{
    if (config::equal_on_windows(name, usual_pipe)) return true;
    return std::ranges::any_of(docker_sockets_, [&](const std::string& socket) {
        const auto pipe = config::read_windows_path(socket);
        return pipe.is == kind::pipe && config::equal_on_windows(pipe.text, name);
    });
}

}  // namespace proxy
