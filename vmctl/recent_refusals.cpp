#include "vmctl/recent_refusals.hpp"

#include <algorithm>
#include <utility>

namespace vmctl {

void recent_refusals::remember(int pid, std::string reason, clock::time_point now)
{
    forget_old(now);
    if (pid != 0) kept_.push_back({pid, std::move(reason), now + remembered_for});
}

std::optional<std::string> recent_refusals::reason_for(int pid, clock::time_point now)
{
    forget_old(now);
    const auto found = std::ranges::find(kept_, pid, &refusal::pid);
    if (found == kept_.end()) return std::nullopt;
    return found->reason;
}

void recent_refusals::forget_old(clock::time_point now)
{
    while (!kept_.empty() && kept_.front().until <= now) kept_.pop_front();
}

}  // namespace vmctl
