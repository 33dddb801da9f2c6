// The path of a unix socket, claimed for this process: who may bind it is decided under a lock
// file, so that of two daemons started at once exactly one serves.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace proxy {

class socket_file {
public:
    // Makes the directory, takes `<path>.lock` and removes a socket that nobody serves any more.
    // Throws listen_error when the path is served by somebody, holds something else, or cannot be
    // claimed.
    socket_file(std::filesystem::path path, const std::string& group);
    socket_file(const socket_file&) = delete;
    socket_file& operator=(const socket_file&) = delete;
    socket_file(socket_file&&) = delete;
    socket_file& operator=(socket_file&&) = delete;
    // Removes the socket, unless somebody has put another one in its place. The lock file stays:
    // removing it would let two processes hold different locks of one name.
    ~socket_file();

    // A listening socket bound to the path, with its mode and group. The caller owns it.
    int bind_and_listen();

    const std::filesystem::path& path() const { return path_; }

private:
    void lock();
    void remove_stale() const;

    std::filesystem::path path_;
    std::optional<gid_t> group_;
    int lock_ = -1;
    dev_t device_ = 0;  // identity of the socket we have bound
    ino_t inode_ = 0;
};

}  // namespace proxy
