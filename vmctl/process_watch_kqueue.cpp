// EVFILT_PROC tells of any process of the same user: kqueue(2).
#include "vmctl/kernel_queue.hpp"
#include "vmctl/process_watch.hpp"

#include <utility>

namespace vmctl {

class process_watch::descriptor {
public:
    descriptor(const boost::asio::any_io_executor& executor, int pid, std::function<void()> ended)
        : queue_(executor)
    {
        queue_.add(static_cast<std::uintptr_t>(pid), EVFILT_PROC, NOTE_EXIT);
        queue_.listen([ended = std::move(ended)](const struct kevent&) { ended(); });
    }

private:
    kernel_queue queue_;
};

process_watch::process_watch(
    const boost::asio::any_io_executor& executor, int pid, std::function<void()> ended
)
    : descriptor_(std::make_unique<descriptor>(executor, pid, std::move(ended)))
{
}

process_watch::~process_watch() = default;

}  // namespace vmctl
