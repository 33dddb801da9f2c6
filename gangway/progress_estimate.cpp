// Between two stages time goes on as it did the last time, but no further than the next stage.
#include "gangway/progress_estimate.hpp"

#include <algorithm>

namespace gangway {
namespace {

using std::chrono::milliseconds;

// Before that a rate means nothing.
constexpr milliseconds shortest_measure{500};

double ratio(double part, double whole)
{
    return whole <= 0 ? 0.0 : std::clamp(part / whole, 0.0, 1.0);
}

}  // namespace

void progress_estimate::take(const stage_complete& event)
{
    under_way_.reset();
    last_ = event.elapsed;
    const auto found = std::ranges::find(expected_, event.stage, &stage_complete::stage);
    if (found == expected_.end()) return;
    // Stages of a guest may come in another order; time does not run backwards for that.
    then_ = std::max(then_, found->elapsed);
    const auto later = std::ranges::find_if(expected_, [this](const stage_complete& each) {
        return each.elapsed > then_;
    });
    next_ = later == expected_.end() ? then_ : later->elapsed;
}

void progress_estimate::take(const stage_under_way& event)
{
    if (!under_way_ || under_way_->stage != event.stage) {
        began_ = event.elapsed;
        first_ = event.bytes;
    }
    under_way_ = event;
}

std::optional<progress_estimate::guess> progress_estimate::at(milliseconds elapsed) const
{
    using seconds = std::chrono::duration<double>;
    if (under_way_) {
        const auto done = static_cast<double>(under_way_->bytes);
        const auto whole = static_cast<double>(under_way_->of);
        const auto took = under_way_->elapsed - began_;
        const auto fetched = done - static_cast<double>(first_);
        if (whole <= 0 || fetched <= 0 || took < shortest_measure) return std::nullopt;
        const auto left = seconds(took) * (std::max(0.0, whole - done) / fetched);
        return guess{ratio(done, whole), std::chrono::round<milliseconds>(left)};
    }
    if (expected_.empty()) return std::nullopt;
    const auto whole = expected_.back().elapsed;
    const auto next = next_ == milliseconds(0) ? expected_.front().elapsed : next_;
    const auto now = std::min(then_ + std::max(milliseconds(0), elapsed - last_), next);
    return guess{
        ratio(static_cast<double>(now.count()), static_cast<double>(whole.count())),
        std::max(milliseconds(0), whole - now)};
}

}  // namespace gangway
