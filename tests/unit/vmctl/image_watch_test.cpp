// Another image is put in place, in each way that is done.
#include "vmctl/image_watch.hpp"

#include "tests/support/run_loop.hpp"
#include "tests/support/test_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;
using test_support::until;
using test_support::write_file;

namespace {

constexpr auto rest = 20ms;

void write_manifest(const fs::path& image, const std::string& version)
{
    const json file = {{"size", 3}, {"sha256", std::string(64, '0')}};
    const json manifest = {
        {"version", version},
        {"kernel", "kernel"},
        {"initrd", "initrd"},
        {"root", "root"},
        {"cmdline", ""},
        {"files", {{"kernel", file}, {"initrd", file}, {"root", file}}},
    };
    write_file(image / "manifest.json", manifest.dump());
}

void write_image(const fs::path& image, const std::string& version)
{
    write_manifest(image, version);
    for (const auto* file : {"kernel", "initrd", "root"}) write_file(image / file, "abc");
}

struct watched_image {
    // Runs `body` while somebody watches.
    void run(std::function<asio::awaitable<void>()> body)
    {
        asio::io_context loop{1};
        auto work = [&]() -> asio::awaitable<void> {
            const vmctl::image_watch watch(
                loop.get_executor(), {image, directory / "state/image"}, rest, [this] { ++told; }
            );
            co_await until([this] { return fs::exists(directory / "state/image"); });
            co_await body();
        };
        test_support::run_loop(loop, work());
    }

    asio::awaitable<void> is_told(int times)
    {
        co_await until([this, times] { return told >= times; });
        co_await is_at_rest();
        CHECK(told == times);
    }

    // As long as it takes to be told of what was done.
    static asio::awaitable<void> is_at_rest()
    {
        asio::steady_timer pause(co_await asio::this_coro::executor, 4 * rest);
        co_await pause.async_wait(asio::use_awaitable);
    }

    test_support::test_directory directory;
    fs::path image = directory / "images";
    int told = 0;
};

}  // namespace

TEST_CASE("whoever watches an image is told of each that takes its place")
{
    watched_image one;
    const bool is_there = GENERATE(false, true);
    CAPTURE(is_there);
    if (is_there) write_image(one.image, "0");
    one.run([&one, is_there]() -> asio::awaitable<void> {
        SECTION("as a directory")
        {
            for (int number = 1; number <= 2; ++number) {
                const auto next = one.directory / "next";
                write_image(next, std::to_string(number));
                if (fs::exists(one.image))
                    fs::rename(one.image, one.directory / ("old" + std::to_string(number)));
                fs::rename(next, one.image);
                co_await one.is_told(number);
            }
        }
        SECTION("file by file")
        {
            for (int number = 1; number <= 2; ++number) {
                write_image(one.image, std::to_string(number));
                co_await one.is_told(number);
            }
        }
        SECTION("and not before it is whole")
        {
            write_manifest(one.image, "1");
            write_file(one.image / "root", "a");
            co_await one.is_told(0);
            write_image(one.image, "1");
            co_await one.is_told(1);
        }
        SECTION("and not when it is the same, or none")
        {
            if (is_there) write_image(one.image, "0");
            write_file(one.directory / "beside", "it");
            co_await one.is_told(0);
            if (is_there) fs::rename(one.image, one.directory / "old");
            co_await one.is_told(0);
            write_image(one.image, "1");
            co_await one.is_told(1);
        }
    });
}

TEST_CASE("an image is watched whose name is written as that of a directory")
{
    watched_image one;
    one.image = one.directory / "images/";
    one.run([&one]() -> asio::awaitable<void> {
        write_image(one.directory / "images", "1");
        co_await one.is_told(1);
    });
}

TEST_CASE("an image that has come while nobody watched is noticed by who watches next")
{
    watched_image one;
    write_image(one.image, "1");
    one.run([&one]() -> asio::awaitable<void> { co_await one.is_told(0); });
    write_image(one.image, "2");
    one.run([&one]() -> asio::awaitable<void> { co_await one.is_told(1); });
    one.run([&one]() -> asio::awaitable<void> { co_await one.is_told(1); });
}

TEST_CASE("a daemon whose image can be nowhere goes on")
{
    watched_image one;
    one.image = one.directory / "nowhere/images";
    one.run([]() -> asio::awaitable<void> { co_return; });
    CHECK(one.told == 0);
}
