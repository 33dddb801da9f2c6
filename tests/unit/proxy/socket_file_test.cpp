// Who may serve a socket path.
#include "proxy/socket_file.hpp"

#include "proxy/listener.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/support/unique_fd.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>
#include <optional>

using Catch::Matchers::Contains;
using proxy::listen_error;
using proxy::socket_file;
using test_support::test_directory;
using test_support::unique_fd;

namespace {

mode_t mode_of(const std::filesystem::path& path)
{
    struct stat found {};

    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

// A socket bound by somebody who knows nothing of our lock.
unique_fd bind_foreign(const std::filesystem::path& path)
{
    unique_fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket.get(), 1) == 0);
    return socket;
}

}  // namespace

TEST_CASE("a socket is private, in a directory that is private, and goes with its owner")
{
    const test_directory directory;
    const auto path = directory / "deep/run/docker.sock";
    {
        socket_file file(path, "");
        const unique_fd socket(file.bind_and_listen());
        CHECK(mode_of(path) == 0600);
        CHECK(mode_of(path.parent_path()) == 0700);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a directory that exists keeps its mode")
{
    const test_directory directory;
    std::filesystem::create_directory(directory / "shared");
    std::filesystem::permissions(directory / "shared", std::filesystem::perms(0755));
    const socket_file file(directory / "shared/docker.sock", "");
    CHECK(mode_of(directory / "shared") == 0755);
}

TEST_CASE("a stale socket is taken over, and a live one is refused")
{
    const test_directory directory;
    const auto path = directory / "docker.sock";
    std::optional<unique_fd> foreign = bind_foreign(path);
    CHECK_THROWS_WITH(socket_file(path, ""), Contains("another program already listens on"));
    foreign.reset();
    REQUIRE(std::filesystem::exists(path));

    socket_file file(path, "");
    const unique_fd socket(file.bind_and_listen());
    CHECK_THROWS_WITH(socket_file(path, ""), Contains("another gangwayd already serves"));
}

TEST_CASE("a path that holds something else is left alone")
{
    const test_directory directory;
    const auto path = directory / "docker.sock";
    test_support::write_file(path, "precious");
    CHECK_THROWS_WITH(socket_file(path, ""), Contains("exists and is no socket"));
    CHECK(test_support::read_file(path) == "precious");
}

TEST_CASE("somebody else's socket in our place is not removed")
{
    const test_directory directory;
    const auto path = directory / "docker.sock";
    unique_fd foreign;
    {
        socket_file file(path, "");
        const unique_fd socket(file.bind_and_listen());
        std::filesystem::remove(path);
        foreign = bind_foreign(path);
    }
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("what cannot be served is said in a sentence")
{
    const test_directory directory;
    CHECK_THROWS_WITH(
        socket_file(directory / std::string(120, 'x'), ""),
        Contains("is too long: a unix socket's path has at most 107 bytes")
    );
    CHECK_THROWS_WITH(
        socket_file(directory / "docker.sock", "no-such-group"),
        Contains("the group \"no-such-group\"") && Contains("docker.group")
    );
    CHECK_THROWS_WITH(
        socket_file("/proc/gangway/docker.sock", ""),
        Contains("cannot make the directory /proc/gangway")
    );
}

TEST_CASE("of many who claim a path at once, one gets it")
{
    const test_directory directory;
    const auto path = directory / "docker.sock";
    std::vector<std::unique_ptr<socket_file>> holders;
    for (int round = 0; round < 8; ++round) {
        try {
            holders.push_back(std::make_unique<socket_file>(path, ""));
        } catch (const listen_error&) {
        }
    }
    CHECK(holders.size() == 1);
}
