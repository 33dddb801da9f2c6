// The queue of deadlines and its timer.
#include "proxy/deadlines.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {

deadlines::deadline::deadline(deadlines& all, clock::duration limit, std::function<void()> overdue)
    : all_(all)
{
    auto call = [this, overdue = std::move(overdue)] {
        passed_ = true;
        overdue();
    };
    place_ = all_.waiting_.emplace(clock::now() + limit, std::move(call));
    all_.arm_soon();
}

deadlines::deadline::~deadline()
{
    if (!passed_) all_.waiting_.erase(place_);
    if (all_.waiting_.empty() && all_.armed_for_ != clock::time_point::max()) {
        all_.timer_.cancel();
        all_.armed_for_ = clock::time_point::max();
    }
}

void deadlines::arm_soon()
{
    if (waiting_.begin()->first >= armed_for_ || std::exchange(arming_, true)) return;
    asio::post(executor_, [self = std::weak_ptr(self_)] {
        const auto living = self.lock();
        if (!living) return;
        (*living)->arming_ = false;
        (*living)->arm();
    });
}

void deadlines::arm()
{
    if (waiting_.empty() || waiting_.begin()->first >= armed_for_) return;
    armed_for_ = waiting_.begin()->first;
    timer_.expires_at(armed_for_);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) call_overdue();
    });
}

void deadlines::call_overdue()
{
    armed_for_ = clock::time_point::max();
    while (!waiting_.empty() && waiting_.begin()->first <= clock::now()) {
        // It may destroy its deadline, so it must not be in the queue any more.
        auto overdue = std::move(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
        overdue();
    }
    arm();
}

}  // namespace proxy
