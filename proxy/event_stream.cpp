// Events, one JSON object a line (moby api/server/router/system, getEvents).
#include "proxy/line_splitter.hpp"
#include "proxy/query_text.hpp"
#include "proxy/stream_text.hpp"
#include "proxy/watched_streams.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace proxy {
namespace {

using moment = watched_stream::moment;

// As many as dockerd keeps (eventsLimit in moby daemon/events/events.go): what it repeats is
// among them.
constexpr std::size_t most_repeated = 256;

// The field comes last, and within a string its quotes would be escaped.
std::optional<moment> time_of(std::string_view line)
{
    constexpr std::string_view field = "\"timeNano\":";
    const auto place = line.rfind(field);
    if (place == std::string_view::npos) return std::nullopt;
    line.remove_prefix(place + field.size());
    std::int64_t count = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), count);
    if (read.ec != std::errc()) return std::nullopt;
    return moment(std::chrono::nanoseconds(count));
}

class event_stream final : public watched_stream {
public:
    explicit event_stream(std::string target) : target_(std::move(target)) {}

    std::string first_target() const override { return target_; }

    bool needs_beginning() const override
    {
        return query_value(query_of(target_), "since").value_or("").empty();
    }

    void began(moment at) override { began_ = at; }

    std::optional<std::string> next_target() override
    {
        lines_.take_rest();
        repeated_ = passed_;
        if (passed_.empty() && !began_) return target_;
        return with_query_value(target_, "since", to_since(since()));
    }

    std::string take(std::string_view bytes, bool) override
    {
        std::string fresh;
        lines_.take(bytes, [&](std::string_view line) {
            if (pass(line)) fresh += line;
        });
        return fresh;
    }

    std::string rest() override { return lines_.take_rest(); }

private:
    struct passed {
        moment at;
        std::size_t digest;
        bool operator==(const passed&) const = default;
    };

    moment since() const
    {
        if (passed_.empty()) return *began_;
        const auto at = [](const passed& each) { return each.at; };
        auto since = passed_.back().at - disorder;
        // What came before those that are remembered could not be told from what is new.
        if (passed_.size() == most_repeated)
            since = std::max(since, std::ranges::min(passed_, {}, at).at);
        return began_ ? std::max(since, *began_) : not_before(target_, since);
    }

    bool pass(std::string_view line)
    {
        const auto at = time_of(line);
        if (!at) return true;
        const passed one{*at, std::hash<std::string_view>{}(line)};
        const auto known = std::ranges::find(repeated_, one);
        if (known != repeated_.end()) {
            repeated_.erase(known);
            return false;
        }
        passed_.push_back(one);
        if (passed_.size() > most_repeated) passed_.pop_front();
        return true;
    }

    const std::string target_;
    std::optional<moment> began_;
    line_splitter lines_;
    std::deque<passed> passed_;
    std::deque<passed> repeated_;  // of them, those that may come again
};

}  // namespace

std::unique_ptr<watched_stream> watch_events(std::string target)
{
    return std::make_unique<event_stream>(std::move(target));
}

}  // namespace proxy
