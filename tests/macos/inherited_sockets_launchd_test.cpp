// What launchd hands over, by a fake of it: real sockets, and launchd's own refusals.
#include "fake_launchd.hpp"
#include "proxy/inherited_sockets.hpp"
#include "proxy/listener.hpp"
#include "tests/support/run_loop.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/support/unique_fd.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <tuple>

namespace asio = boost::asio;
using asio::local::stream_protocol;
using Catch::Contains;

namespace {

int bound(int type, const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    const int made = ::socket(AF_UNIX, type, 0);
    REQUIRE(::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return made;
}

int listening(const std::filesystem::path& path)
{
    const int made = bound(SOCK_STREAM, path);
    REQUIRE(::listen(made, 8) == 0);
    return made;
}

bool is_open(int descriptor)
{
    return ::fcntl(descriptor, F_GETFD) >= 0;
}

// The uid of the client that a listener tells of, when one connects to `path`.
std::optional<unsigned> served(
    proxy::listener& listener, const std::string& path, asio::io_context& loop
)
{
    std::optional<unsigned> uid;
    const auto meet = [&]() -> asio::awaitable<void> {
        stream_protocol::socket client(loop);
        client.connect(path);
        auto accepted = co_await listener.accept();
        uid = accepted.who.uid;
        accepted.stream->abort();
    };
    loop.restart();
    test_support::run_loop(loop, meet());
    return uid;
}

}  // namespace

TEST_CASE("launchd is asked for the socket that the property list names, and its clients are served"
)
{
    const test_support::test_directory directory;
    const auto path = (directory / "docker.sock").string();
    auto& launchd = new_fake_launchd();
    launchd.sockets = {listening(path)};
    const int descriptor = launchd.sockets.front();
    asio::io_context loop(1);
    const auto listeners = proxy::inherited_listeners(loop.get_executor());
    CHECK(launchd.names == std::vector<std::string>{"docker"});
    REQUIRE(listeners.size() == 1);
    CHECK(listeners.front()->name() == "unix://" + path);
    CHECK((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0);
    CHECK(served(*listeners.front(), path, loop) == ::geteuid());
}

TEST_CASE("launchd may hand over several sockets under one name")
{
    const test_support::test_directory directory;
    auto& launchd = new_fake_launchd();
    launchd.sockets = {listening(directory / "one"), listening(directory / "two")};
    asio::io_context loop(1);
    const auto listeners = proxy::inherited_listeners(loop.get_executor());
    REQUIRE(listeners.size() == 2);
    CHECK(served(*listeners[0], (directory / "one").string(), loop) == ::geteuid());
    CHECK(served(*listeners[1], (directory / "two").string(), loop) == ::geteuid());
}

TEST_CASE("what launchd refuses is told in a sentence that says what to do")
{
    const auto [error, part, advice] = GENERATE(table<int, std::string, std::string>({
        {ESRCH, "launchd, which has not started this process", "launchctl bootstrap"},
        {ENOENT, "names none", "org.gangway.gangwayd.plist"},
        {EALREADY, "to this process already", "--listen fd:// once"},
        {EPERM, "Operation not permitted", "org.gangway.gangwayd.plist anew"},
    }));
    CAPTURE(error);
    new_fake_launchd().error = error;
    CHECK_THROWS_WITH(proxy::inherited_sockets(), Contains(part) && Contains(advice));
    CHECK_THROWS_AS(proxy::inherited_sockets(), proxy::listen_error);
}

TEST_CASE("a name without a socket is as good as none")
{
    new_fake_launchd();
    CHECK_THROWS_WITH(proxy::inherited_sockets(), Contains("names none"));
}

TEST_CASE("what is no listening unix stream socket is refused, and nothing stays open")
{
    const test_support::test_directory directory;
    std::array<int, 2> pair{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);
    const test_support::unique_fd far(pair[1]);
    const int tcp = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(::listen(tcp, 1) == 0);
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const test_support::unique_fd write_end(pipe[1]);
    const std::vector<int> others = {
        pair[0],
        tcp,
        pipe[0],
        bound(SOCK_DGRAM, directory / "datagrams"),
        bound(SOCK_STREAM, directory / "bound"),
    };
    for (const int other : others) {
        auto& launchd = new_fake_launchd();
        launchd.sockets = {listening(directory / ("good" + std::to_string(other))), other};
        const auto given = launchd.sockets;
        CAPTURE(other);
        CHECK_THROWS_WITH(
            proxy::inherited_sockets(),
            Contains("no listening unix stream socket") && Contains("SockFamily")
        );
        for (const int each : given) CHECK_FALSE(is_open(each));
    }
}
