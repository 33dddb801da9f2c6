// There is nothing to link: every tool on Windows looks for a pipe by its name.
#include "gangway/failure.hpp"
#include "gangway/socket_link.hpp"

namespace gangway {
namespace {

[[noreturn]] void refuse()
{
    throw failure(
        "there are no sockets to link on Windows: tools look for the pipe "
        "npipe:////./pipe/docker_engine, which gangwayd serves by default",
        exit_status::usage
    );
}

}  // namespace

std::filesystem::path users_socket_place()
{
    refuse();
}

std::filesystem::path machines_socket_place()
{
    refuse();
}

socket_place look_at(const std::filesystem::path&, const std::filesystem::path&)
{
    refuse();
}

void link_socket(const std::filesystem::path&, const std::filesystem::path&)
{
    refuse();
}

bool unlink_socket(const std::filesystem::path&, const std::filesystem::path&)
{
    refuse();
}

}  // namespace gangway
