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
        R"({"stage": "image", "elapsed_ms": "3"})"
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
