// How long starts take: kept of those that were, told of those that come.
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

std::vector<stage_event> supervisor::expected_start(bool afresh) const
{
    if (!plan_.start_times) return {};
    switch (lifecycle_.state()) {
        case vm_state::ready:
        case vm_state::dozing:
        case vm_state::paused:
        case vm_state::waking:
            if (!afresh) return {};
            break;
        case vm_state::saved:
            if (!afresh) return plan_.start_times->of(start_kind::restore);
            break;
        default:
            break;
    }
    return plan_.start_times->of(start_kind::boot);
}

void supervisor::keep_start_times()
{
    if (!plan_.start_times) return;
    if (!boot_->powered_by_us() && !boot_->was_restored()) return;
    const auto kind = boot_->powered_by_us() ? start_kind::boot : start_kind::restore;
    watches_.spawn(
        write_start_times(kind, boot_->timeline()),
        [](const std::exception_ptr& failure) {
            spdlog::warn("how long the start took is not kept: {}", message_of(failure));
        }
    );
}

asio::awaitable<void> supervisor::write_start_times(
    start_kind kind, std::vector<stage_event> timeline
)
{
    auto work = [record = *plan_.start_times, kind, times = std::move(timeline)] {
        record.keep(kind, times);
    };
    co_await run_blocking(pool_, std::move(work));
}

}  // namespace vmctl
