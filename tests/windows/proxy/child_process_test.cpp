// A connection through a program: a real one, which stands in for ssh.exe. What tests/unit/proxy/
// ssh_stream_test.cpp asks of POSIX.
#include "program_stage.hpp"
#include "tests/support/run_loop.hpp"
#include "tests/support/test_directory.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace asio = boost::asio;

using test_support::run_loop;
using test_support::until;

namespace {

asio::awaitable<std::string> read_all(proxy::byte_stream& stream)
{
    std::string text;
    std::array<char, 4096> bytes{};
    for (;;) {
        const auto count = co_await stream.read_some(asio::buffer(bytes));
        if (count == 0) co_return text;
        text.append(bytes.data(), count);
    }
}

asio::awaitable<boost::system::error_code> failure_of(proxy::byte_stream& stream)
{
    try {
        co_await read_all(stream);
    } catch (const boost::system::system_error& error) {
        co_return error.code();
    }
    co_return boost::system::error_code();
}

asio::awaitable<DWORD> read_pid(proxy::byte_stream& stream)
{
    std::string text;
    std::array<char, 1> byte{};
    while (!text.ends_with('\n')) {
        const auto count = co_await stream.read_some(asio::buffer(byte));
        if (count == 0) break;
        text.append(byte.data(), count);
    }
    co_return static_cast<DWORD>(std::stoul(text));
}

// A process for as long as it runs; after that its number could be another's.
class watched_process {
public:
    explicit watched_process(DWORD pid) : handle_(::OpenProcess(SYNCHRONIZE, FALSE, pid)) {}

    watched_process(const watched_process&) = delete;
    watched_process& operator=(const watched_process&) = delete;

    ~watched_process() { ::CloseHandle(handle_); }

    bool runs() const { return ::WaitForSingleObject(handle_, 0) == WAIT_TIMEOUT; }

private:
    HANDLE handle_;
};

}  // namespace

TEST_CASE("bytes go through a program, and the ends of both directions with them")
{
    program_stage stage;
    const auto sent = test_support::patterned_bytes(3'000'000);
    std::string got;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run({"echo"});
        const auto executor = stage.loop.get_executor();
        const auto write = [&]() -> asio::awaitable<void> {
            co_await stream->write(asio::buffer(sent));
            co_await stream->finish_writing();
        };
        auto writing = write();
        asio::co_spawn(executor, std::move(writing), [](const std::exception_ptr&) {});
        got = co_await read_all(*stream);
        CHECK(stream->exit_status() == 0);
    };
    run_loop(stage.loop, body());
    CHECK(got == sent + "end\n");
}

TEST_CASE("a program that fails has broken the connection, after its last byte, and has told why")
{
    program_stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run({"fails"});
        std::array<char, 4> first{};
        const auto count = co_await stream->read_some(asio::buffer(first));
        CHECK(std::string_view(first.data(), count) == "out\n");
        const auto failure = co_await failure_of(*stream);
        CHECK(failure == asio::error::connection_reset);
        CHECK(stream->exit_status() == 255);
        CHECK(stream->errors() == "oh no\n");
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a program that crashes is one that failed")
{
    program_stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run({"crashes"});
        const auto failure = co_await failure_of(*stream);
        CHECK(failure == asio::error::connection_reset);
        CHECK(stream->exit_status() == 255);
    };
    run_loop(stage.loop, body());
}

// It does not end under Wine; whether that is Wine or us, a real Windows has to show.
TEST_CASE("a wait for a program that closes its streams and goes on can be called off", "[no-wine]")
{
    program_stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run({"deaf"});
        co_await read_pid(*stream);
        boost::system::error_code failure;
        bool failed = false;
        const auto reading = [&]() -> asio::awaitable<void> {
            failure = co_await failure_of(*stream);
            failed = true;
        };
        const auto executor = stage.loop.get_executor();
        auto work = reading();
        asio::co_spawn(executor, std::move(work), [](const std::exception_ptr&) {});
        // What is written is refused once it has closed its input.
        const auto refused = [&] {
            try {
                asio::const_buffer some = asio::buffer("x", 1);
                stream->write_now(some);
            } catch (const boost::system::system_error&) {
                return true;
            }
            return false;
        };
        co_await until(refused);
        stream->abort();
        co_await until([&] { return failed; });
        CHECK(failure == asio::error::operation_aborted);
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a stream that is destroyed ends its program, and what that has started")
{
    program_stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        auto stream = stage.run({"parent"});
        const auto parent_pid = co_await read_pid(*stream);
        const auto child_pid = co_await read_pid(*stream);
        const watched_process parent(parent_pid);
        const watched_process child(child_pid);
        CHECK(parent.runs());
        CHECK(child.runs());
        stream.reset();
        co_await until([&] { return !parent.runs() && !child.runs(); });
    };
    // The loop comes to its end only when the program has.
    run_loop(stage.loop, body());
}

TEST_CASE("what still runs at the end is killed")
{
    std::unique_ptr<watched_process> child;
    {
        program_stage stage;
        auto stream = stage.run({"parent"});
        const auto body = [&]() -> asio::awaitable<void> {
            co_await read_pid(*stream);
            const auto pid = co_await read_pid(*stream);
            child = std::make_unique<watched_process>(pid);
            stage.loop.stop();
        };
        asio::co_spawn(stage.loop, body(), [](const std::exception_ptr&) {});
        stage.loop.run_for(test_support::patience);
        REQUIRE(child);
        CHECK(child->runs());
        stream.reset();
    }
    CHECK(test_support::eventually([&] { return !child->runs(); }));
}

TEST_CASE("a program that talks much on standard error is not held up, and its last words are kept")
{
    program_stage stage;
    const auto body = [&]() -> asio::awaitable<void> {
        const auto stream = stage.run({"talks"});
        const auto got = co_await read_all(*stream);
        CHECK(got == "done\n");
        CHECK(stream->errors().size() <= 8192);
        CHECK(stream->errors().ends_with("last\n"));
    };
    run_loop(stage.loop, body());
}

TEST_CASE("a program has no handle of ours but the three, though others may have been left open")
{
    program_stage stage;
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    const auto event = ::CreateEventW(&inherited, TRUE, FALSE, nullptr);
    const auto body = [&]() -> asio::awaitable<void> {
        const auto number = std::to_string(reinterpret_cast<std::uintptr_t>(event));
        std::vector<std::string> words{"event", number};
        const auto stream = stage.run(std::move(words));
        const auto got = co_await read_all(*stream);
        CHECK_FALSE(got.empty());
    };
    run_loop(stage.loop, body());
    // Another program may well have something under that number; it is not this event.
    CHECK(::WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    ::CloseHandle(event);
}

TEST_CASE("a program gets its words as they are, and is asked to speak English")
{
    program_stage stage;
    std::string words;
    std::string language;
    const auto body = [&]() -> asio::awaitable<void> {
        std::vector<std::string> given{"words", "a b", "", R"(C:\x y\)", R"("q")", "-o", "%PATH%"};
        const auto talker = stage.run(std::move(given));
        words = co_await read_all(*talker);
        std::vector<std::string> asked{"language"};
        const auto other = stage.run(std::move(asked));
        language = co_await read_all(*other);
    };
    run_loop(stage.loop, body());
    CHECK(words == "[a b]\n[]\n[C:\\x y\\]\n[\"q\"]\n[-o]\n[%PATH%]\n");
    CHECK(language == "C");
}

TEST_CASE("a program that is not there is missing")
{
    program_stage stage;
    CHECK_THROWS_AS(stage.programs.start({"no-such-program"}), proxy::program_missing);
}
