// Ends what a call waits for when it has waited too long: for calls that have no time limit of
// their own, and block for as long as another process stands still.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace vmctl {

// One call at a time. Has a thread, which costs nothing while no call is made.
class call_limit {
public:
    // Throws std::system_error when no thread can be had.
    call_limit();
    call_limit(const call_limit&) = delete;
    call_limit& operator=(const call_limit&) = delete;
    ~call_limit() = default;

    // While it lives, the call is made. `give_up` is run on the limit's thread, once, `patience`
    // after a stop was requested of `from`; it must not throw, and makes the call end.
    class guard {
    public:
        guard(
            call_limit& limit,
            std::chrono::milliseconds patience,
            std::function<void()> give_up,
            std::stop_token from
        );
        guard(const guard&) = delete;
        guard& operator=(const guard&) = delete;
        // Waits for a `give_up` that has begun.
        ~guard();

    private:
        call_limit& limit_;
        std::optional<std::stop_callback<std::function<void()>>> beginning_;
    };

private:
    void begin(std::function<void()> give_up);
    void arm(std::chrono::milliseconds patience);
    void run(const std::stop_token& is_over);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::function<void()> give_up_;  // of the call that is made; empty: none is, or it was run
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    bool gives_up_ = false;  // `give_up` runs now
    std::jthread thread_;
};

}  // namespace vmctl
