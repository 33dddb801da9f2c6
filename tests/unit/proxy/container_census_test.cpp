// How many containers run, as the engine's events tell and its list says.
#include "proxy/container_census.hpp"

#include "played_engine.hpp"
#include "tests/support/run_loop.hpp"

#include <catch2/catch.hpp>

#include <exception>
#include <optional>
#include <vector>

using namespace proxy;
using namespace published;
using counts = std::vector<std::optional<std::size_t>>;

namespace {

struct scene {
    scene()
        : engine(loop),
          dialer(loop.get_executor()),
          census(
              loop.get_executor(),
              [this](std::optional<std::size_t> number) { told.push_back(number); }
          ),
          watch(loop.get_executor(), dialer)
    {
        watch.add(census);
    }

    void run(asio::awaitable<void> (*script)(scene&))
    {
        test_support::run_loop(loop, play(script), std::chrono::seconds(60));
    }

    asio::awaitable<void> play(asio::awaitable<void> (*script)(scene&))
    {
        watch.engine_ready(engine.address());
        std::exception_ptr failure;
        try {
            co_await script(*this);
        } catch (...) {
            failure = std::current_exception();
        }
        co_await watch.stop();
        co_await census.stop();
        engine.leave();
        if (failure) std::rethrow_exception(failure);
    }

    asio::io_context loop{1};
    played_engine engine;
    proxy::dialer dialer;
    container_census census;
    engine_watch watch;
    counts told;
};

}  // namespace

TEST_CASE("containers are counted when the engine comes, and when one starts or ends")
{
    scene one;
    one.engine.has("web", true, 80);
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.told == counts{1}; });
        s.engine.has("db", true, 81);
        s.engine.tell("db");
        co_await until([&] { return s.told == counts{1, 2}; });
        s.engine.lacks("db");
        s.engine.lacks("web");
        s.engine.tell("db");
        co_await until([&] { return s.told == counts{1, 2, 0}; });
        // Of an event without a container there is nothing to count.
        s.engine.tell("a volume", "volume");
        s.engine.has("web", true, 80);
        s.engine.tell("web");
        co_await until([&] { return s.told == counts{1, 2, 0, 1}; });
    });
}

TEST_CASE("what happens while the engine is asked is counted, too")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.told == counts{0}; });
        s.engine.delays_next = true;
        s.engine.delayed = true;
        s.engine.tell("web");
        co_await until([&] { return !s.engine.delays_next; });
        s.engine.has("web", true, 80);
        s.engine.tell("web");
        s.engine.delayed = false;
        co_await until([&] { return s.told.back() == 1; });
        CHECK(s.told == counts{0, 0, 1});
    });
}

TEST_CASE("the events are followed anew when they end, and nothing is missed")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.told == counts{0}; });
        s.engine.has("web", true, 80);
        s.engine.end_events();
        co_await until([&] { return s.told == counts{0, 1}; });
        CHECK(s.engine.followers() == 1);
    });
}

TEST_CASE("an engine that does not tell is not taken for one without containers")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.told == counts{0}; });
        s.engine.broken = true;
        s.engine.tell("web");
        co_await until([&] { return s.told.size() == 2; });
        CHECK(s.told.back() == std::nullopt);
        s.engine.broken = false;
        co_await until([&] { return s.told.back() == 0; });
    });
}

TEST_CASE("what an engine that rests does not tell is asked when it is back")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.told == counts{0}; });
        const auto asked = s.engine.asked.size();
        s.engine.broken = true;
        s.census.engine_rests();
        s.engine.tell("web");
        co_await until([&] { return s.engine.asked.size() > asked; });
        s.engine.has("web", true, 80);
        s.engine.broken = false;
        s.census.engine_back();
        co_await until([&] { return s.told.back() == 1; });
        CHECK(s.told == counts{0, 1});
    });
}

TEST_CASE("what an engine that rested could not tell is not told when it is back")
{
    scene one;
    one.run([](scene& s) -> asio::awaitable<void> {
        co_await until([&] { return s.told == counts{0}; });
        s.engine.broken = true;
        s.engine.delays_next = true;
        s.census.engine_rests();
        s.engine.tell("web");
        co_await until([&] { return !s.engine.delays_next; });
        s.engine.has("web", true, 80);
        s.engine.broken = false;
        s.census.engine_back();
        s.engine.delayed = false;
        co_await until([&] { return s.told.back() == 1; });
        CHECK(s.told == counts{0, 1});
    });
}
