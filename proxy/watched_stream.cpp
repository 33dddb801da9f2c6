// Which stream is which, and those that are simple.
#include "proxy/watched_stream.hpp"

#include "proxy/line_splitter.hpp"
#include "proxy/query_text.hpp"
#include "proxy/watched_streams.hpp"

#include <utility>

namespace proxy {
namespace {

// A sample a line, as long as the container is there.
class stats_stream final : public watched_stream {
public:
    explicit stats_stream(std::string target) : target_(std::move(target)) {}

    std::string first_target() const override { return target_; }

    std::optional<std::string> next_target() override
    {
        lines_.take_rest();
        // It compares with the one before, of which a new answer knows nothing.
        skips_one_ = true;
        return target_;
    }

    std::string take(std::string_view bytes, bool) override
    {
        std::string fresh;
        lines_.take(bytes, [&](std::string_view line) {
            if (!std::exchange(skips_one_, false)) fresh += line;
        });
        return fresh;
    }

    std::string rest() override { return lines_.take_rest(); }

private:
    const std::string target_;
    line_splitter lines_;
    bool skips_one_ = false;
};

// One line when a container has ended.
class exit_wait final : public watched_stream {
public:
    explicit exit_wait(std::string target) : target_(std::move(target)) {}

    std::string first_target() const override { return target_; }

    std::optional<std::string> next_target() override
    {
        answer_.clear();
        // It may have ended before it can be asked again.
        const bool next = query_value(query_of(target_), "condition") == "next-exit";
        return next ? with_query_value(target_, "condition", "not-running") : target_;
    }

    std::string take(std::string_view bytes, bool) override
    {
        answer_ += bytes;
        return {};
    }

    std::string rest() override { return std::exchange(answer_, {}); }

    bool ends_without_subject() const override { return false; }

private:
    const std::string target_;
    std::string answer_;
};

}  // namespace

bool may_be_followed(const request_head& head)
{
    const bool has_body =
        head.body.kind != body_kind::none && head.body != body_framing{body_kind::length, 0};
    return !head.http_1_0 && !has_body && head.method != "HEAD" && head.target.starts_with('/') &&
           !head.upgrade && !head.expects_continue;
}

std::unique_ptr<watched_stream> watch_stream(stream_kind kind, std::string_view target)
{
    if (!query_value(query_of(target), "until").value_or("").empty()) return nullptr;
    switch (kind) {
        case stream_kind::events:
            return watch_events(std::string(target));
        case stream_kind::logs:
            return watch_logs(std::string(target));
        case stream_kind::stats:
            return std::make_unique<stats_stream>(std::string(target));
        case stream_kind::exit:
            return std::make_unique<exit_wait>(std::string(target));
        case stream_kind::none:
            break;
    }
    return nullptr;
}

}  // namespace proxy
