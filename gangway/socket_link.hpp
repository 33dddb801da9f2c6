// Symbolic links to the docker socket at the paths that tools look at when nobody has told them
// where the engine is. One source file a platform.
#pragma once

#include <filesystem>
#include <string>

namespace gangway {

// Where the Docker client of a user has its socket: ~/.docker/run/docker.sock. Throws failure
// without a home directory.
std::filesystem::path users_socket_place();

// Where everybody looks: /var/run/docker.sock.
std::filesystem::path machines_socket_place();

enum class socket_place {
    nothing_there,
    leads_to_us,
    leads_nowhere,  // a link to what is not there any more
    somebody_elses,
};

// What is at `place`, of a socket of ours at `target`.
socket_place look_at(const std::filesystem::path& place, const std::filesystem::path& target);

// Makes the link, with the directory that it is in. What somebody else has put at `place` stays.
// Throws failure with what to do, such as the command for somebody who may write there.
void link_socket(const std::filesystem::path& place, const std::filesystem::path& target);

// Removes the link if it leads to `target`. Whether there was one. Throws failure.
bool unlink_socket(const std::filesystem::path& place, const std::filesystem::path& target);

}  // namespace gangway
