// How far work is, and how long it may take still: guessed from the last time, or from what has
// come by now. Pure.
#pragma once

#include "gangway/progress_event.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace gangway {

class progress_estimate {
public:
    struct guess {
        double part = 0;                 // of the whole, from 0 to 1
        std::chrono::milliseconds left;  // 0: longer than expected already
    };

    void take(const stages_expected& event) { expected_ = event.stages; }

    void take(const stage_complete& event);
    void take(const stage_under_way& event);

    // `elapsed` since the work began. Nothing: who could say.
    std::optional<guess> at(std::chrono::milliseconds elapsed) const;

private:
    std::vector<stage_complete> expected_;
    std::optional<stage_under_way> under_way_;
    std::chrono::milliseconds began_{0};  // the stage that is under way
    std::uint64_t first_ = 0;             // bytes of it that were there already
    std::chrono::milliseconds last_{0};   // when a stage was complete now
    std::chrono::milliseconds then_{0};   // and when the same one was the last time
    std::chrono::milliseconds next_{0};   // and the one after it
};

}  // namespace gangway
