// Claiming a socket path with flock(2), connect(2) and a few system calls more.
#include "proxy/listener.hpp"
#include "proxy/new_socket.hpp"
#include "proxy/socket_file.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace proxy {
namespace {

[[noreturn]] void fail(const std::string& what)
{
    const int error = errno;
    throw listen_error(what + ": " + std::strerror(error));
}

gid_t find_group(const std::string& name)
{
    errno = 0;
    const auto* entry = ::getgrnam(name.c_str());
    if (entry == nullptr) {
        throw listen_error(
            "the group \"" + name +
            "\" of the docker socket does not exist; create it or change docker.group"
        );
    }
    return entry->gr_gid;
}

sockaddr_un address_of(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto& text = path.native();
    if (text.size() >= sizeof address.sun_path) {
        throw listen_error(
            "the socket path " + text + " is too long: a unix socket's path has at most " +
            std::to_string(sizeof address.sun_path - 1) + " bytes; choose a shorter one"
        );
    }
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    return address;
}

const sockaddr* generic(const sockaddr_un& address)
{
    return reinterpret_cast<const sockaddr*>(&address);
}

void make_directory(const std::filesystem::path& directory, std::optional<gid_t> group)
{
    std::error_code failed;
    if (std::filesystem::is_directory(directory, failed)) return;
    if (directory.has_parent_path() && directory != directory.parent_path()) {
        std::filesystem::create_directories(directory.parent_path(), failed);
    }
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        fail("cannot make the directory " + directory.string() + " for the socket");
    }
    if (group) {
        const auto uid = static_cast<uid_t>(-1);  // unchanged
        if (::chown(directory.c_str(), uid, *group) != 0 || ::chmod(directory.c_str(), 0750) != 0) {
            fail("cannot give the directory " + directory.string() + " to the group of the socket");
        }
    }
}

}  // namespace

socket_file::socket_file(std::filesystem::path path, const std::string& group)
    : path_(std::move(path))
{
    address_of(path_);  // before anything is made
    if (!group.empty()) group_ = find_group(group);
    make_directory(path_.parent_path(), group_);
    lock();
    try {
        remove_stale();
    } catch (...) {
        ::close(lock_);
        throw;
    }
}

socket_file::~socket_file()
{
    struct stat now {};

    if (inode_ != 0 && ::lstat(path_.c_str(), &now) == 0 && now.st_ino == inode_ &&
        now.st_dev == device_) {
        ::unlink(path_.c_str());
    }
    ::close(lock_);
}

void socket_file::lock()
{
    const auto name = path_.string() + ".lock";
    lock_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock_ < 0) fail("cannot open the lock file " + name);
    if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
    const int error = errno;
    ::close(lock_);
    errno = error;
    if (error != EWOULDBLOCK) fail("cannot lock " + name);
    throw listen_error(
        "another gangwayd already serves " + path_.string() +
        "; stop it, or choose another path with --listen"
    );
}

void socket_file::remove_stale() const
{
    struct stat found {};

    if (::lstat(path_.c_str(), &found) != 0) {
        if (errno == ENOENT) return;
        fail("cannot look at " + path_.string());
    }
    if (!S_ISSOCK(found.st_mode)) {
        throw listen_error(
            path_.string() +
            " exists and is no socket; remove it, or choose another path with --listen"
        );
    }
    const auto address = address_of(path_);
    // Non-blocking: a live listener with a full backlog answers EAGAIN and counts as live.
    const int probe = new_stream_socket(AF_UNIX);
    if (probe < 0) fail("cannot make a socket");
    const int result = ::connect(probe, generic(address), sizeof address);
    const int error = result == 0 ? 0 : errno;
    ::close(probe);
    if (error == ECONNREFUSED) {
        if (::unlink(path_.c_str()) != 0) fail("cannot remove the stale socket " + path_.string());
        return;
    }
    errno = error;
    if (error != 0 && error != EAGAIN) fail("cannot tell whether " + path_.string() + " is in use");
    throw listen_error(
        "another program already listens on " + path_.string() +
        "; stop it, or choose another path with --listen"
    );
}

int socket_file::bind_and_listen()
{
    const auto address = address_of(path_);
    const int listening = new_stream_socket(AF_UNIX);
    if (listening < 0) fail("cannot make a socket");
    try {
        // Closed to everybody until its group is set: there is no moment with a wider mode.
        const auto mask = ::umask(0177);
        const int bound = ::bind(listening, generic(address), sizeof address);
        const int error = errno;
        ::umask(mask);
        errno = error;
        if (bound != 0) fail("cannot bind " + path_.string());

        struct stat made {};

        if (::lstat(path_.c_str(), &made) != 0) fail("cannot look at " + path_.string());
        device_ = made.st_dev;
        inode_ = made.st_ino;
        if (group_) {
            const auto uid = static_cast<uid_t>(-1);
            if (::chown(path_.c_str(), uid, *group_) != 0 || ::chmod(path_.c_str(), 0660) != 0) {
                fail("cannot give " + path_.string() + " to its group");
            }
        }
        if (::listen(listening, SOMAXCONN) != 0) fail("cannot listen on " + path_.string());
    } catch (...) {
        ::close(listening);
        throw;
    }
    return listening;
}

}  // namespace proxy
