// What makes known answers void: whatever the engine tells of itself, and that it cannot be heard.
#pragma once

#include "proxy/engine_watch.hpp"
#include "proxy/known_answers.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace proxy {

// Lives on the loop's thread; `answers` must outlive it. While nobody listens to an engine that may
// do something, nothing is known of it.
class known_changes final : public engine_observer {
public:
    // `stands_still` says whether the engine sleeps so that nothing in it can change: its events
    // end with its VM's process then, before it is known to sleep.
    known_changes(known_answers& answers, std::function<bool()> stands_still)
        : answers_(answers),
          stands_still_(std::move(stands_still)),
          unheard_(answers_.begin_change())
    {
    }

    // Of an engine that sleeps: what is restored now, holds.
    void nothing_has_changed() { unheard_.reset(); }

    void watched(std::shared_ptr<const engine_containers>) override
    {
        unheard_.reset();
        answers_.forget();
    }

    void changed(const engine_event&) override { answers_.forget(); }

    void unwatched() override
    {
        if (!stands_still_() && !unheard_) unheard_ = answers_.begin_change();
    }

private:
    known_answers& answers_;
    const std::function<bool()> stands_still_;
    known_answers::change unheard_;
};

}  // namespace proxy
