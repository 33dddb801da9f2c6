// A deadline, and a thread that waits for it to come or go.
#include "vmctl/call_limit.hpp"

#include <utility>

namespace vmctl {

call_limit::call_limit() : thread_([this](const std::stop_token& is_over) { run(is_over); }) {}

void call_limit::begin(std::function<void()> give_up)
{
    const std::scoped_lock lock(mutex_);
    give_up_ = std::move(give_up);
}

void call_limit::arm(std::chrono::milliseconds patience)
{
    const std::scoped_lock lock(mutex_);
    deadline_ = std::chrono::steady_clock::now() + patience;
    changed_.notify_all();
}

void call_limit::run(const std::stop_token& is_over)
{
    std::unique_lock lock(mutex_);
    while (!is_over.stop_requested()) {
        if (!deadline_) {
            changed_.wait(lock, is_over, [this] { return deadline_.has_value(); });
            continue;
        }
        const auto due = *deadline_;
        const auto is_other = [this, due] { return deadline_ != due; };
        if (changed_.wait_until(lock, is_over, due, is_other) || is_over.stop_requested()) continue;
        deadline_.reset();
        gives_up_ = true;
        const auto give_up = std::exchange(give_up_, nullptr);
        lock.unlock();
        give_up();
        lock.lock();
        gives_up_ = false;
        changed_.notify_all();
    }
}

call_limit::guard::guard(
    call_limit& limit,
    std::chrono::milliseconds patience,
    std::function<void()> give_up,
    std::stop_token from
)
    : limit_(limit)
{
    limit_.begin(std::move(give_up));
    beginning_.emplace(std::move(from), [&limit, patience] { limit.arm(patience); });
}

call_limit::guard::~guard()
{
    beginning_.reset();
    std::unique_lock lock(limit_.mutex_);
    limit_.deadline_.reset();
    limit_.changed_.notify_all();
    limit_.changed_.wait(lock, [this] { return !limit_.gives_up_; });
    limit_.give_up_ = nullptr;
}

}  // namespace vmctl
