// A connection through a program: real programs that stand for ssh.
#include "proxy/ssh_stream.hpp"

#include "proxy/child_process.hpp"
#include "tests/support/run_loop.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>
#include <signal.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;

using test_support::run_loop;
using test_support::until;

namespace {

// A loop on which programs run.
struct stage {
    std::unique_ptr<proxy::ssh_stream> run(const std::string& script)
    {
        auto program = programs.start({"sh", "-c", script});
        return std::make_unique<proxy::ssh_stream>(
            loop.get_executor(), std::move(program), "ssh://test"
        );
    }

    asio::io_context loop{1};
    proxy::deadlines deadlines{loop.get_executor()};
    proxy::child_processes programs{loop.get_executor(), deadlines};
};

asio::awaitable<std::string> read_all(proxy::byte_stream& stream)
{
    std::string text;
    std::array<char, 4096> bytes;
    for (;;) {
        const auto count = co_await stream.read_some(asio::buffer(bytes));
        if (count == 0) co_return text;
        text.append(bytes.data(), count);
    }
}

// Empty: it has not failed.
asio::awaitable<std::string> failure_of(proxy::byte_stream& stream)
{
    try {
        co_await read_all(stream);
    } catch (const boost::system::system_error& error) {
        co_return error.code().message();
    }
    co_return "";
}

asio::awaitable<std::string> read_line(proxy::byte_stream& stream)
{
    std::string text;
    std::array<char, 1> byte;
    while (text.empty() || text.back() != '\n') {
        const auto count = co_await stream.read_some(asio::buffer(byte));
        text.append(byte.data(), count);
        if (count == 0) break;
    }
    co_return text;
}

bool exists(const std::string& pid)
{
    return std::filesystem::exists("/proc/" + pid);
}

// One that has ended stays in the list until whoever has inherited it looks.
bool runs(const std::string& pid)
{
    std::ifstream file("/proc/" + pid + "/stat");
    std::string line;
    if (!std::getline(file, line)) return false;
    const auto name_end = line.rfind(") ");
    return name_end != std::string::npos && line.at(name_end + 2) != 'Z';
}

}  // namespace

TEST_CASE("bytes go through a program, and the ends of both directions with them")
{
    stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run("cat; echo end");
        co_await stream->write(asio::buffer(std::string_view("hello\n")));
        co_await stream->finish_writing();
        const auto got = co_await read_all(*stream);
        CHECK(got == "hello\nend\n");
        CHECK(stream->exit_status() == 0);
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a program that fails has broken the connection, after its last byte, and has told why")
{
    stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run("echo out; echo oh no >&2; exit 255");
        const auto first = co_await read_line(*stream);
        CHECK(first == "out\n");
        const auto failure = co_await failure_of(*stream);
        CHECK(failure == "Connection reset by peer");
        CHECK(stream->exit_status() == 255);
        CHECK(stream->errors() == "oh no\n");
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a program that closes its streams before it ends is waited for")
{
    stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run("exec </dev/null >/dev/null; kill -s KILL $$");
        const auto failure = co_await failure_of(*stream);
        CHECK(failure == "Connection reset by peer");
        CHECK(stream->exit_status() == 128 + SIGKILL);
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a wait for a program that closes its streams and goes on can be called off")
{
    stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run("echo $$; exec </dev/null >/dev/null; exec sleep 1000");
        auto pid = co_await read_line(*stream);
        pid.pop_back();
        std::string failure;
        bool failed = false;
        const auto reading = [&]() -> asio::awaitable<void> {
            failure = co_await failure_of(*stream);
            failed = true;
        };
        const auto executor = stage.loop.get_executor();
        auto work = reading();
        asio::co_spawn(executor, std::move(work), [](std::exception_ptr) {});
        const auto closed = [&] {
            return std::filesystem::read_symlink("/proc/" + pid + "/fd/1") == "/dev/null";
        };
        co_await until(closed);
        stream->abort();
        co_await until([&] { return failed; });
        CHECK(failure == "Operation canceled");
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a stream that is destroyed ends its program, and what that has started")
{
    stage stage;
    const bool stubborn = GENERATE(false, true);
    const auto body = [&]() -> asio::awaitable<void> {
        const std::string ignore = stubborn ? "trap '' TERM; " : "";
        auto stream = stage.run(ignore + "echo $$; sleep 1000 & echo $!; while :; do wait; done");
        auto parent = co_await read_line(*stream);
        auto child = co_await read_line(*stream);
        parent.pop_back();
        child.pop_back();
        CHECK(exists(parent));
        CHECK(runs(child));
        stream.reset();
        co_await until([&] { return !exists(parent) && !runs(child); });
    };
    // The loop comes to its end only when all of them are reaped.
    run_loop(stage.loop, body());
}

TEST_CASE("a program that talks much on standard error is not held up, and its last words are kept")
{
    stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run("head -c 1000000 /dev/zero >&2; echo last >&2; echo done");
        const auto got = co_await read_all(*stream);
        CHECK(got == "done\n");
        CHECK(stream->errors().size() <= 8192);
        CHECK(stream->errors().ends_with("last\n"));
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a program has no descriptor of ours but the three")
{
    stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto other = stage.run("cat");
        const auto stream = stage.run("ls /proc/self/fd | wc -l");
        const auto got = co_await read_all(*stream);
        // And the directory that ls reads.
        CHECK(std::stoi(got) == 4);
    };
    run_loop(stage.loop, body());
}

TEST_CASE("what still runs at the end is killed and reaped")
{
    pid_t pid = 0;
    {
        stage stage;
        auto stream = stage.run("echo $$; trap '' TERM; while :; do sleep 1; done");
        const auto body = [&]() -> asio::awaitable<void> {
            const auto line = co_await read_line(*stream);
            pid = std::stoi(line);
            stage.loop.stop();
        };
        asio::co_spawn(stage.loop, body(), [](std::exception_ptr) {});
        stage.loop.run_for(test_support::patience);
        REQUIRE(pid > 0);
        CHECK(exists(std::to_string(pid)));
        stream.reset();
    }
    CHECK_FALSE(exists(std::to_string(pid)));
}

TEST_CASE("a program that is not there is missing")
{
    stage stage;
    CHECK_THROWS_AS(stage.programs.start({"no-such-program"}), proxy::program_missing);
}
