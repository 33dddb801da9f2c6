// When a VM sleeps, as tables.
#include "vmctl/sleep_policy.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <tuple>

using namespace vmctl;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr auto never = std::nullopt;
const auto start = steady_clock::time_point() + 1000h;

config::sleep_settings usual()
{
    return {5min, 30min, 2h, false};
}

vm_use idle()
{
    vm_use use;
    use.containers = 0;
    use.idle_since = start;
    return use;
}

std::optional<steady_clock::duration> after_start(const sleep_decision& decision)
{
    if (!decision.ask_again) return std::nullopt;
    return *decision.ask_again - start;
}

}  // namespace

TEST_CASE("the longer nobody uses the VM the deeper it sleeps")
{
    using enum sleep_depth;
    using passed = steady_clock::duration;
    const auto [at, age, depth, again] =
        GENERATE(table<sleep_depth, passed, sleep_depth, std::optional<passed>>({
            {awake, 0s, awake, 5min},
            {awake, 5min - 1ns, awake, 5min},
            {awake, 5min, paused, 30min},
            {awake, 30min, saved, 2h},
            {awake, 2h, off, never},
            {paused, 6min, paused, 30min},
            {paused, 30min, saved, 2h},
            {paused, 2h, off, never},
            {saved, 31min, saved, never},
            {saved, 3h, saved, never},
            {off, 3h, off, never},
        }));
    INFO(age / 1s << " s, at " << static_cast<int>(at));
    const auto decision = decide_sleep(usual(), idle(), at, start + age);
    CHECK(decision.depth == depth);
    CHECK(after_start(decision) == again);
}

TEST_CASE("what stands against sleep")
{
    using enum sleep_depth;
    auto settings = usual();
    auto use = idle();
    auto expected = awake;
    std::optional<steady_clock::duration> again = never;
    SECTION("a request that is answered")
    {
        use.active = 1;
    }
    SECTION("a client that waits")
    {
        use.waiting = 1;
    }
    SECTION("a container that runs")
    {
        use.containers = 1;
    }
    SECTION("that nobody knows whether any runs")
    {
        use.containers = std::nullopt;
    }
    SECTION("no time that was set")
    {
        settings.pause_after = settings.save_after = settings.off_after = 0s;
    }
    SECTION("an answer on its way, for a moment")
    {
        use.passive = 1;
        again = 3h + 1s;
    }
    SECTION("a stream that watches stands against more than a pause, and off")
    {
        use.watching = 1;
        settings.off_after = 0s;
        expected = paused;
    }
    const auto decision = decide_sleep(settings, use, awake, start + 3h);
    CHECK(decision.depth == expected);
    CHECK(after_start(decision) == again);
}

TEST_CASE("containers sleep along where they may, and end with nothing")
{
    auto settings = usual();
    settings.with_containers = true;
    auto use = idle();
    use.containers = GENERATE(std::optional<std::size_t>(2), std::optional<std::size_t>());
    const auto decision = decide_sleep(settings, use, sleep_depth::awake, start + 3h);
    CHECK(decision.depth == sleep_depth::saved);
    CHECK(decision.ask_again == std::nullopt);
}

TEST_CASE("a VM that cannot be saved is shut down in its place, if nothing runs in it")
{
    auto settings = usual();
    settings.off_after = GENERATE(0s, 2h);
    auto use = idle();
    use.can_be_saved = false;
    const auto early = decide_sleep(settings, use, sleep_depth::paused, start + 29min);
    CHECK(early.depth == sleep_depth::paused);
    CHECK(after_start(early) == 30min);
    CHECK(
        decide_sleep(settings, use, sleep_depth::paused, start + 30min).depth == sleep_depth::off
    );
    settings.with_containers = true;
    use.containers = 1;
    const auto held = decide_sleep(settings, use, sleep_depth::paused, start + 30h);
    CHECK(held == sleep_decision{sleep_depth::paused, std::nullopt});
}

TEST_CASE("why a VM is awake is told in words")
{
    auto use = idle();
    CHECK(obstacles_to_sleep(usual(), use).empty());
    use.active = 1;
    use.waiting = 2;
    use.containers = 3;
    CHECK(
        obstacles_to_sleep(usual(), use) ==
        std::vector<std::string>{
            "1 request or stream uses the engine",
            "2 clients wait for the engine",
            "3 containers run",
        }
    );
    use = idle();
    use.containers = std::nullopt;
    CHECK(
        obstacles_to_sleep(usual(), use) ==
        std::vector<std::string>{"it is not known yet whether containers run"}
    );
}
