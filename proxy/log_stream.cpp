// The log of one container. Its messages are told apart by their times, so the engine is always
// asked for them.
#include "proxy/log_message.hpp"
#include "proxy/query_text.hpp"
#include "proxy/stream_text.hpp"
#include "proxy/watched_streams.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace proxy {
namespace {

using moment = watched_stream::moment;

std::string with_length(std::string_view frame_head, std::size_t length)
{
    std::string changed(frame_head);
    for (std::size_t each = 0; each < 4; ++each)
        changed[7 - each] = static_cast<char>(length >> (8 * each) & 0xff);
    return changed;
}

class log_stream final : public watched_stream {
public:
    explicit log_stream(std::string target)
        : target_(with_query_value(target, "timestamps", "1")),
          wants_times_(is_true(query_value(query_of(target), "timestamps").value_or("")))
    {
    }

    std::string first_target() const override { return target_; }

    // Else the client gets what there is already, by which the rest is found.
    bool needs_beginning() const override { return query_value(query_of(target_), "tail") == "0"; }

    void began(moment at) override { began_ = at; }

    std::optional<std::string> next_target() override
    {
        if (splitter_.gave_up()) return std::nullopt;
        splitter_.take_rest();
        if (last_) skips_ = skipped{*last_, 0};
        const auto from = last_ ? std::optional(earliest()) : began_;
        // A log that has shown nothing is asked for as at first.
        if (!from) return target_;
        const auto all = with_query_value(target_, "tail", "all");
        return with_query_value(all, "since", to_since(not_before(target_, *from)));
    }

    std::string take(std::string_view bytes, bool ends_chunk) override
    {
        std::string fresh;
        splitter_.add(bytes, ends_chunk);
        for (auto message = splitter_.next(); message; message = splitter_.next())
            if (pass(*message)) append(fresh, *message);
        if (splitter_.gave_up()) fresh += splitter_.take_rest();
        return fresh;
    }

    std::string rest() override { return splitter_.take_rest(); }

private:
    struct mark {
        moment at;
        std::size_t digest = 0;
        std::size_t count = 1;  // of messages that look like it, up to it

        bool looks_like(const mark& other) const
        {
            return at == other.at && digest == other.digest;
        }
    };

    struct skipped {
        mark until;
        std::size_t seen;
    };

    // Of all that may come. What goes on a line that is not at its end has the time of its
    // beginning (partialTS in moby daemon/logger/copier.go).
    moment earliest() const
    {
        auto at = last_->at;
        for (const auto& [stream, begun] : unfinished_) at = std::min(at, begun);
        at -= disorder;
        return began_ ? std::max(at, *began_) : at;
    }

    bool pass(const log_message& message)
    {
        if (!message.at) return true;
        const std::hash<std::string_view> digest;
        mark one{*message.at, digest(message.text) ^ (digest(message.head) << 1)};
        if (skips_) {
            if (one.at <= latest_) {
                if (skips_->until.looks_like(one) && ++skips_->seen == skips_->until.count)
                    skips_.reset();
                return false;
            }
            // The last one is gone from the log.
            skips_.reset();
        }
        if (last_ && last_->looks_like(one)) one.count = last_->count + 1;
        last_ = one;
        latest_ = std::max(latest_, one.at);
        const char stream = message.head.empty() ? '\0' : message.head.front();
        if (message.text.ends_with('\n'))
            unfinished_.erase(stream);
        else
            unfinished_[stream] = one.at;
        return true;
    }

    void append(std::string& to, const log_message& message) const
    {
        const bool as_it_is = wants_times_ || message.time.empty();
        if (as_it_is)
            to.append(message.head).append(message.time).append(message.text);
        else if (message.head.empty())
            to += message.text;
        else
            to.append(with_length(message.head, message.text.size())).append(message.text);
    }

    const std::string target_;
    const bool wants_times_;
    std::optional<moment> began_;
    log_splitter splitter_;
    std::optional<mark> last_;  // that the client has
    moment latest_ = moment::min();
    std::map<char, moment> unfinished_;  // by stream
    std::optional<skipped> skips_;
};

}  // namespace

std::unique_ptr<watched_stream> watch_logs(std::string target)
{
    return std::make_unique<log_stream>(std::move(target));
}

}  // namespace proxy
