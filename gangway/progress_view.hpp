// Draws the progress of up, down and restart. Pure: it returns what is to be written, and is told
// the time and the terminal's width.
#pragma once

#include "gangway/progress_event.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace gangway {

// How the output may look. `columns` 0: not a terminal, so plain lines and no redrawing.
struct appearance {
    std::size_t columns = 0;
    bool colour = false;
    bool operator==(const appearance&) const = default;
};

class progress_view {
public:
    // `work` is what is being done: "starting", "stopping".
    progress_view(std::string work, appearance look);

    // On a terminal: the last line, which says what is awaited and for how long. Else nothing.
    std::string draw(std::chrono::milliseconds elapsed);

    // The line of a stage that is complete, above the last line.
    std::string complete(const stage_complete& event);

    // The end: the total.
    std::string finish(const work_done& event);

    // Takes the last line away, so that something else can be written in its place.
    std::string erase();

    void resize(std::size_t columns);

private:
    std::string fit(std::string text) const;

    std::string work_;
    appearance look_;
    std::string awaited_;
    std::chrono::milliseconds elapsed_{0};
    bool drawn_ = false;
};

}  // namespace gangway
