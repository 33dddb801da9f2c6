// Links are replaced whole, by rename.
#include "gangway/failure.hpp"
#include "gangway/shell_env.hpp"
#include "gangway/socket_link.hpp"

#include <unistd.h>

#include <cstdlib>
#include <system_error>

namespace gangway {
namespace {

namespace fs = std::filesystem;

// Whether the socket itself is there, or will be. "/var/run" may be a link to "/run".
bool is_same_file(const fs::path& place, const fs::path& target)
{
    std::error_code error;
    const auto there = fs::weakly_canonical(place.parent_path(), error) / place.filename();
    return there == fs::weakly_canonical(target.parent_path(), error) / target.filename();
}

[[noreturn]] void fail(
    const fs::path& place, const std::error_code& error, const std::string& command
)
{
    const bool forbidden = error == std::errc::permission_denied ||
                           error == std::errc::operation_not_permitted ||
                           error == std::errc::read_only_file_system;
    throw failure(
        place.string() + " cannot be changed: " + error.message() +
        (forbidden ? "; somebody who may do it runs: sudo " + command : std::string())
    );
}

}  // namespace

fs::path users_socket_place()
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
    const char* const home = std::getenv("HOME");
    if (home == nullptr || *home == '\0')
        throw failure("HOME is not set, so there is no ~/.docker/run/docker.sock; name a path");
    return fs::path(home) / ".docker/run/docker.sock";
}

fs::path machines_socket_place()
{
    return "/var/run/docker.sock";
}

socket_place look_at(const fs::path& place, const fs::path& target)
{
    std::error_code error;
    const auto what = fs::symlink_status(place, error);
    if (what.type() == fs::file_type::not_found) return socket_place::nothing_there;
    if (what.type() != fs::file_type::symlink) return socket_place::somebody_elses;
    const auto leads_to = (place.parent_path() / fs::read_symlink(place, error)).lexically_normal();
    if (leads_to == target.lexically_normal()) return socket_place::leads_to_us;
    // Where it leads may be another user's, and not to be looked at.
    const bool nowhere = fs::status(place, error).type() == fs::file_type::not_found;
    return nowhere ? socket_place::leads_nowhere : socket_place::somebody_elses;
}

void link_socket(const fs::path& place, const fs::path& target)
{
    if (is_same_file(place, target)) return;
    const auto there = look_at(place, target);
    if (there == socket_place::leads_to_us) return;
    if (there == socket_place::somebody_elses)
        throw failure(
            place.string() +
            " is there already, and was not made by Gangway; if no other engine "
            "uses it, remove it and try again"
        );
    const auto command =
        "ln -sfn " + quoted_by_posix(target.native()) + " " + quoted_by_posix(place.native());
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    if (error) fail(place, error, command);
    const auto beside = place.string() + "." + std::to_string(::getpid());
    fs::create_symlink(target, beside, error);
    if (!error) fs::rename(beside, place, error);
    if (!error) return;
    const auto why = error;
    fs::remove(beside, error);
    fail(place, why, command);
}

bool unlink_socket(const fs::path& place, const fs::path& target)
{
    if (look_at(place, target) != socket_place::leads_to_us) return false;
    std::error_code error;
    fs::remove(place, error);
    if (error) fail(place, error, "rm " + quoted_by_posix(place.native()));
    return true;
}

}  // namespace gangway
