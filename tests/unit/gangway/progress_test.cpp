// Lines of progress: understood, and drawn for terminals and for files.
#include "gangway/failure.hpp"
#include "gangway/progress_event.hpp"
#include "gangway/progress_view.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using gangway::parse_progress;
using gangway::progress_view;
using gangway::stage_complete;
using gangway::work_done;
using gangway::work_failed;

TEST_CASE("a line of progress is a stage, the end, or a failure")
{
    CHECK(
        parse_progress(R"({"stage": "image", "elapsed_ms": 3})") ==
        gangway::progress_event(stage_complete{"image", 3ms})
    );
    CHECK(
        parse_progress(R"({"stage": "kernel", "elapsed_ms": 4120, "guest_ms": 3480})") ==
        gangway::progress_event(stage_complete{"kernel", 4120ms, 3480ms})
    );
    CHECK(
        parse_progress(R"({"done": true, "state": "ready", "elapsed_ms": 61230})") ==
        gangway::progress_event(work_done{"ready", 61230ms})
    );
    CHECK(
        parse_progress(R"({"error": "no image; build one", "elapsed_ms": 4})") ==
        gangway::progress_event(work_failed{"no image; build one"})
    );
    CHECK(
        parse_progress(R"({"stage": "download", "elapsed_ms": 800, "bytes": 10, "of": 40})") ==
        gangway::progress_event(gangway::stage_under_way{"download", 800ms, 10, 40})
    );
    CHECK(
        parse_progress(R"({"stage": "verify", "elapsed_ms": 800, "bytes": 0})") ==
        gangway::progress_event(gangway::stage_under_way{"verify", 800ms, 0, 0})
    );
    CHECK(
        parse_progress(R"({"expected": [{"stage": "image", "elapsed_ms": 3}]})") ==
        gangway::progress_event(gangway::stages_expected{{{"image", 3ms}}})
    );
    // A newer daemon may say more.
    CHECK(
        parse_progress(R"({"stage": "thaw", "elapsed_ms": 5, "colour": {"a": []}})") ==
        gangway::progress_event(stage_complete{"thaw", 5ms})
    );
}

TEST_CASE("a line that is no progress is a failure that shows it")
{
    const std::string line = GENERATE(
        as<std::string>(),
        "",
        "{",
        "null",
        "[1]",
        "<html>no\x1b[2J</html>",
        R"({"stage": 3, "elapsed_ms": 3})",
        R"({"stage": "image"})",
        R"({"done": true})",
        R"({"error": {}})",
        R"({"stage": "image", "elapsed_ms": "3"})",
        R"({"stage": "download", "elapsed_ms": 3, "bytes": "many"})",
        R"({"expected": [{"stage": "image"}]})"
    );
    CAPTURE(line);
    try {
        parse_progress(line);
        FAIL("was accepted");
    } catch (const gangway::failure& failure) {
        CHECK_THAT(failure.what(), Catch::Contains("cannot be understood"));
        CHECK_THAT(failure.what(), !Catch::Contains("\x1b"));
    }
}

TEST_CASE("plain output has one line a stage and never redraws")
{
    progress_view view("starting", {});
    std::string out = view.draw(0ms);
    out += view.complete({"image", 3ms});
    out += view.draw(100ms);
    out += view.complete({"power-on", 1250ms});
    out += view.complete({"kernel", 4120ms, 3480ms});
    out += view.finish({"ready", 61230ms});
    CHECK(
        out ==
        "image         0.0 s\n"
        "power-on      1.2 s\n"
        "kernel        4.1 s  (guest 3.4 s)\n"
        "ready after 61.2 s\n"
    );
    CHECK(view.erase().empty());
}

TEST_CASE("a terminal shows what is awaited on a line that is redrawn")
{
    progress_view view("starting", {80, false});
    CHECK(view.draw(0ms) == "\r\x1b[Kstarting, 0.0 s");
    CHECK(
        view.complete({"define", 300ms}) ==
        "\r\x1b[K"
        "define        0.3 s\n"
        "\r\x1b[Kstarting, 0.3 s, waiting for power-on"
    );
    CHECK(view.draw(2500ms) == "\r\x1b[Kstarting, 2.5 s, waiting for power-on");
    CHECK(view.finish({"ready", 61230ms}) == "\r\x1b[Kready after 61.2 s\n");
    CHECK(view.erase().empty());
}

TEST_CASE("the redrawn line is taken away before an error is written")
{
    progress_view view("stopping", {80, false});
    CHECK(view.erase().empty());
    view.draw(0ms);
    CHECK(view.erase() == "\r\x1b[K");
    CHECK(view.erase().empty());
}

TEST_CASE("the time shown never runs backwards when our clock and the daemon's differ")
{
    progress_view view("starting", {80, false});
    view.complete({"image", 900ms});
    CHECK_THAT(view.draw(200ms), Catch::Contains("0.9 s"));
}

TEST_CASE("no line is as wide as the terminal")
{
    const auto columns = GENERATE(as<std::size_t>(), 1, 2, 10, 20, 40);
    progress_view view("starting", {columns, false});
    std::string out = view.draw(0ms) + "\n";
    out += view.complete({"a stage with a long näme", 3ms, 5ms}) + "\n";
    out += view.finish({"ready", 61230ms});
    std::size_t width = 0;
    for (std::size_t index = 0; index < out.size(); ++index) {
        if (out.compare(index, 4, "\r\x1b[K") == 0) {
            width = 0;
            index += 3;
        } else if (out[index] == '\n') {
            width = 0;
        } else {
            CHECK(++width < columns);
        }
    }
}

TEST_CASE("a terminal that changes its size is followed, and a file stays a file")
{
    progress_view terminal("starting", {80, false});
    terminal.resize(10);
    CHECK(terminal.draw(0ms) == "\r\x1b[Kstarting,");
    progress_view file("starting", {});
    file.resize(10);
    CHECK(file.draw(0ms).empty());
}

TEST_CASE("colour is added only when it is wanted")
{
    progress_view coloured("starting", {80, true});
    CHECK(coloured.draw(0ms) == "\r\x1b[K\x1b[2mstarting, 0.0 s\x1b[0m");
    CHECK(coloured.finish({"ready", 1000ms}) == "\r\x1b[K\x1b[1;32mready after 1.0 s\x1b[0m\n");
}

TEST_CASE("a stage's name cannot command the terminal")
{
    progress_view view("starting", {});
    CHECK_THAT(view.complete({"\x1b]0;x\a", 3ms}), Catch::StartsWith("?]0;x?"));
    CHECK(view.finish({"\x1b[2Jready", 0ms}) == "?[2Jready after 0.0 s\n");
}

TEST_CASE("a start like the last one shows how far it is, and how long it may take still")
{
    progress_view view("starting", {100, false});
    view.expect({{{"image", 1s}, {"kernel", 10s}, {"ready", 40s}}});
    CHECK(
        view.draw(500ms) == "\r\x1b[Kstarting, 0.5 s [--------------------]   1 %, about 40 s left"
    );
    view.complete({"image", 2s});
    // One second later than the last time.
    CHECK(
        view.draw(11s) ==
        "\r\x1b[Kstarting, 11.0 s [#####---------------]  25 %, about 30 s left, waiting for files"
    );
    // Nobody knows what a stage that should be complete is waiting for.
    CHECK_THAT(view.draw(60s), Catch::Contains("25 %, about 30 s left"));
    view.complete({"kernel", 61s});
    CHECK_THAT(view.draw(76s), Catch::Contains("[############--------]  62 %, about 15 s left"));
    // Longer than the last time: nothing is promised.
    CHECK_THAT(view.draw(200s), Catch::Contains("[####################] 100 %, waiting for root"));
}

TEST_CASE("what is fetched shows how much of it is there")
{
    progress_view view("taking the image in", {120, false});
    view.draw(0ms);
    CHECK_THAT(view.proceed({"download", 200ms, 0, 0}), Catch::EndsWith(", download"));
    constexpr std::uint64_t mebibyte = 1024UL * 1024;
    CHECK(
        view.proceed({"download", 10'200ms, 40 * mebibyte, 160 * mebibyte}) ==
        "\r\x1b[Ktaking the image in, 10.2 s [#####---------------]  25 %, about 30 s left, "
        "download: 40 MiB of 160 MiB"
    );
    CHECK_THAT(
        view.proceed({"download", 10'400ms, 1, 1'000 * mebibyte}), Catch::Contains("min left")
    );
    view.complete({"download", 41s});
    // What a former try has brought says nothing of how fast this one is.
    view.proceed({"again", 50s, 900 * mebibyte, 1'000 * mebibyte});
    CHECK_THAT(
        view.proceed({"again", 51s, 901 * mebibyte, 1'000 * mebibyte}),
        Catch::Contains("90 %, about 99 s left")
    );
    view.complete({"again", 150s});
    CHECK_THAT(view.proceed({"unpack", 151s, 0, 0}), Catch::EndsWith("151.0 s, unpack"));
    progress_view file("taking the image in", {});
    CHECK(file.proceed({"download", 10'200ms, 40, 160}).empty());
    CHECK(file.expect({{{"image", 1s}}}).empty());
}
