// A request costs a count, and the last one a look at the clock: the timer is not moved while the
// VM is used, but looks again when it expires.
#include "vmctl/idle_watch.hpp"

#include <utility>

namespace vmctl {

using std::chrono::steady_clock;

idle_watch::idle_watch(
    const boost::asio::any_io_executor& executor,
    config::sleep_settings settings,
    std::function<void(sleep_depth)> due
)
    : settings_(settings), due_(std::move(due)), timer_(executor)
{
    use_.idle_since = steady_clock::now();
}

std::size_t& idle_watch::counter(activity kind)
{
    switch (kind) {
        case activity::passive:
            return use_.passive;
        case activity::watching:
            return use_.watching;
        case activity::active:
            break;
    }
    return use_.active;
}

void idle_watch::began(activity kind)
{
    ++counter(kind);
    if (kind == activity::active) use_.can_be_saved = true;
}

void idle_watch::ended(activity kind)
{
    --counter(kind);
    if (kind == activity::active) used();
    if (kind == activity::watching) look();
}

void idle_watch::began_waiting()
{
    ++use_.waiting;
}

void idle_watch::ended_waiting()
{
    --use_.waiting;
    used();
}

void idle_watch::used()
{
    if (use_.active > 0 || use_.waiting > 0) return;
    use_.idle_since = steady_clock::now();
    if (!set_for_) look();
}

void idle_watch::containers_run(std::optional<std::size_t> number)
{
    if (use_.containers == number) return;
    // What a container has done until now was use.
    if (use_.containers != std::size_t{0}) use_.idle_since = steady_clock::now();
    use_.containers = number;
    use_.can_be_saved = true;
    look();
}

void idle_watch::vm_is(std::optional<sleep_depth> depth)
{
    if (std::exchange(depth_, depth) == depth) return;
    if (depth == sleep_depth::awake) use_.idle_since = steady_clock::now();
    look();
}

void idle_watch::could_not_be_saved()
{
    use_.can_be_saved = false;
    look();
}

void idle_watch::stop()
{
    stopped_ = true;
    set_for_.reset();
    timer_.cancel();
}

void idle_watch::look()
{
    if (stopped_ || !depth_) return;
    const auto decision = decide_sleep(settings_, use_, *depth_, steady_clock::now());
    if (decision.depth != *depth_) {
        due_(decision.depth);
        return;
    }
    if (!decision.ask_again) {
        set_for_.reset();
        timer_.cancel();
        return;
    }
    if (set_for_ && *set_for_ <= *decision.ask_again) return;
    set_for_ = decision.ask_again;
    timer_.expires_at(*set_for_);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled) return;
        set_for_.reset();
        look();
    });
}

}  // namespace vmctl
