// What the real daemon tells a service manager that wants to know (sd_notify(3)).
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <string>

namespace asio = boost::asio;

namespace {

// Waits no longer than the tests' usual patience.
std::string next_state(asio::io_context& loop, asio::local::datagram_protocol::socket& manager)
{
    std::array<char, 256> text{};
    std::string state;
    manager.async_receive(
        asio::buffer(text),
        [&](boost::system::error_code failure, std::size_t size) {
            if (!failure) state.assign(text.data(), size);
        }
    );
    loop.restart();
    loop.run_for(test_support::patience);
    manager.cancel();
    loop.restart();
    loop.run();
    return state;
}

}  // namespace

TEST_CASE("a service manager is told of readiness and of the end, by a path or an abstract name")
{
    const test_support::test_directory directory;
    const auto path = [&](const char* name) { return (directory / name).string(); };
    const bool abstract = GENERATE(false, true);
    const std::string name = path("notify");
    asio::io_context loop(1);
    asio::local::datagram_protocol::socket manager(
        loop, asio::local::datagram_protocol::endpoint(abstract ? '\0' + name : name)
    );
    test_support::process daemon({
        .arguments =
            {GANGWAYD_PROGRAM,
             "--listen",
             "unix://" + path("docker.sock"),
             "--control",
             "unix://" + path("control.sock"),
             "--engine",
             "unix://" + path("engine.sock")},
        .environment = {{"HOME", path("")}, {"NOTIFY_SOCKET", (abstract ? "@" : "") + name}},
    });
    CHECK(next_state(loop, manager) == "READY=1");
    CHECK(std::filesystem::exists(path("docker.sock")));
    ::kill(daemon.pid(), SIGTERM);
    CHECK(next_state(loop, manager) == "STOPPING=1");
}
