// When a connection that was lost is made anew, and when no more. Pure: it is told the time.
#pragma once

#include <chrono>
#include <optional>

namespace proxy {

class rejoin_budget {
public:
    using clock = std::chrono::steady_clock;

    // An engine that is there and does not answer may be starting. Two minutes in all.
    static constexpr auto pause = std::chrono::seconds(1);
    static constexpr int most = 120;

    // A connection that was kept so long was none that failed.
    static constexpr auto long_enough = std::chrono::seconds(10);

    void connected(clock::time_point now) { connected_ = now; }

    // It was of use.
    void got_on() { tries_ = 0; }

    // It is lost, or the last try has made none. How long to wait before the next; nothing: enough.
    std::optional<clock::duration> next_try(clock::time_point now)
    {
        const auto lasted = connected_ ? now - *connected_ : clock::duration::zero();
        connected_.reset();
        if (lasted >= long_enough) tries_ = 0;
        if (++tries_ > most) return std::nullopt;
        return lasted >= pause ? clock::duration::zero() : clock::duration(pause);
    }

private:
    std::optional<clock::time_point> connected_;  // since when; nothing: it is not
    int tries_ = 0;
};

}  // namespace proxy
