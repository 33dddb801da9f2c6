// Draws the progress of what the daemon does with the VM. Pure: it returns what is to be written,
// and is told the time and the terminal's width.
#pragma once

#include "gangway/progress_estimate.hpp"
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

    // How far a stage is; what is to be expected. Both are drawn with the last line.
    std::string proceed(const stage_under_way& event);
    std::string expect(const stages_expected& event);

    // The end: the total.
    std::string finish(const work_done& event);

    // Takes the last line away, so that something else can be written in its place.
    std::string erase();

    void resize(std::size_t columns);

private:
    std::string fit(std::string text) const;
    std::string line() const;

    std::string work_;
    appearance look_;
    std::string awaited_;  // what the last line says of it
    progress_estimate estimate_;
    std::chrono::milliseconds elapsed_{0};
    bool drawn_ = false;
};

}  // namespace gangway
