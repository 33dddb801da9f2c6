// One line for each stage, and below them one that is redrawn in place.
#include "gangway/progress_view.hpp"

#include "gangway/wording.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gangway {
namespace {

// The stages of a start in their order (docs/control-api.md); what follows a complete one is what
// is being waited for.
constexpr std::array<std::string_view, 11> stages{
    "image",
    "files",
    "define",
    "power-on",
    "kernel",
    "root",
    "disk",
    "network",
    "containerd",
    "engine",
    "ready",
};

constexpr std::string_view bold_green = "\x1b[1;32m";
constexpr std::string_view faint = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";
constexpr std::string_view clear_line = "\r\x1b[K";

constexpr std::size_t name_width = 11;
constexpr std::size_t time_width = 8;

std::string next_stage(std::string_view stage)
{
    const auto* const found = std::ranges::find(stages, stage);
    if (found == stages.end() || found + 1 == stages.end()) return {};
    return std::string(*(found + 1));
}

std::string padded_left(std::string text, std::size_t width)
{
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string padded_right(std::string text, std::size_t width)
{
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

// "[#####---------------]  25 %".
std::string bar(double part)
{
    constexpr std::size_t width = 20;
    const auto whole = static_cast<double>(width);
    const auto full = std::min(width, static_cast<std::size_t>(part * whole));
    const auto percent = std::to_string(static_cast<int>(part * 100));
    return "[" + std::string(full, '#') + std::string(width - full, '-') + "] " +
           padded_left(percent, 3) + " %";
}

// "14 s left", "3 min left": more would only pretend to be known.
std::string left_text(std::chrono::milliseconds left)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(left);
    if (seconds < std::chrono::seconds(100)) return std::to_string(seconds.count()) + " s left";
    return std::to_string(std::chrono::ceil<std::chrono::minutes>(left).count()) + " min left";
}

}  // namespace

progress_view::progress_view(std::string work, appearance look)
    : work_(std::move(work)), look_(look)
{
}

void progress_view::resize(std::size_t columns)
{
    if (look_.columns > 0 && columns > 0) look_.columns = columns;
}

// A line that wraps could not be redrawn. The last column stays free: some terminals wrap there.
std::string progress_view::fit(std::string text) const
{
    if (look_.columns > 0 && text.size() >= look_.columns) {
        text.resize(look_.columns - 1);
        // Not in the middle of a UTF-8 character.
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0)
            text.pop_back();
    }
    return text;
}

std::string progress_view::draw(std::chrono::milliseconds elapsed)
{
    elapsed_ = std::max(elapsed_, elapsed);
    if (look_.columns == 0) return {};
    auto text = fit(line());
    if (look_.colour) text = std::string(faint) + text + std::string(plain);
    drawn_ = true;
    return std::string(clear_line) + text;
}

std::string progress_view::line() const
{
    auto text = work_ + ", " + stopwatch_text(elapsed_);
    if (const auto guess = estimate_.at(elapsed_)) {
        text += " " + bar(guess->part);
        if (guess->left >= std::chrono::seconds(1)) text += ", about " + left_text(guess->left);
    }
    return awaited_.empty() ? text : text + ", " + awaited_;
}

std::string progress_view::proceed(const stage_under_way& event)
{
    estimate_.take(event);
    awaited_ = printable(event.stage);
    if (event.bytes > 0) awaited_ += ": " + size_text(event.bytes);
    if (event.of > 0) awaited_ += " of " + size_text(event.of);
    return draw(event.elapsed);
}

std::string progress_view::expect(const stages_expected& event)
{
    estimate_.take(event);
    // A plain output shows nothing of it.
    return draw(elapsed_);
}

std::string progress_view::complete(const stage_complete& event)
{
    estimate_.take(event);
    awaited_ = next_stage(event.stage);
    if (!awaited_.empty()) awaited_ = "waiting for " + awaited_;
    const auto elapsed = stopwatch_text(event.elapsed);
    auto line = padded_right(printable(event.stage), name_width) + padded_left(elapsed, time_width);
    if (event.guest) line += "  (guest " + stopwatch_text(*event.guest) + ")";
    auto result = erase() + fit(std::move(line)) + "\n";
    return result + draw(event.elapsed);
}

std::string progress_view::finish(const work_done& event)
{
    auto line = fit(printable(event.state) + " after " + stopwatch_text(event.elapsed));
    if (look_.colour) line = std::string(bold_green) + line + std::string(plain);
    return erase() + line + "\n";
}

std::string progress_view::erase()
{
    return std::exchange(drawn_, false) ? std::string(clear_line) : std::string();
}

}  // namespace gangway
