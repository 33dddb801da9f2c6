// Ties the daemon's progress, the clock and the terminal together.
#include "gangway/progress.hpp"

#include "gangway/progress_view.hpp"
#include "gangway/terminal.hpp"
#include "gangway/wording.hpp"

#include <chrono>
#include <iostream>
#include <optional>

namespace gangway {
namespace {

constexpr std::chrono::milliseconds redraw_period{100};

}  // namespace

void watch_progress(
    const control_client& daemon,
    std::string_view target,
    const std::string& work,
    bool quiet,
    const std::string& outcome
)
{
    // Somebody watches, so nothing stays in a buffer.
    const auto show = [quiet](const std::string& text) {
        if (!quiet) std::cout << text << std::flush;
    };
    const auto began = std::chrono::steady_clock::now();
    progress_view view(work, standard_output_appearance());
    const auto redraw = [&] {
        const auto elapsed = std::chrono::steady_clock::now() - began;
        view.resize(standard_output_appearance().columns);
        show(view.draw(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)));
    };
    bool done = false;
    std::optional<work_failed> failed;
    const auto take = [&](std::string_view line) {
        const auto event = parse_progress(line);
        if (const auto* const stage = std::get_if<stage_complete>(&event)) {
            show(view.complete(*stage));
        } else if (const auto* const part = std::get_if<stage_under_way>(&event)) {
            show(view.proceed(*part));
        } else if (const auto* const expected = std::get_if<stages_expected>(&event)) {
            show(view.expect(*expected));
        } else if (const auto* const end = std::get_if<work_done>(&event)) {
            show(view.finish({outcome.empty() ? end->state : outcome, end->elapsed}));
            done = true;
        } else {
            failed = std::get<work_failed>(event);
        }
    };
    try {
        redraw();
        daemon.post(target, take, redraw, redraw_period);
    } catch (...) {
        show(view.erase());  // what went wrong is said on a line of its own
        throw;
    }
    show(view.erase());
    if (failed) throw failure(printable(failed->sentence));
    if (!done)
        throw failure(
            "the daemon ended before it said how " + work + " ended; see `gangway status`"
        );
}

}  // namespace gangway
