// A descriptor of the process, which is readable when it has ended: pidfd_open(2).
#include "vmctl/process_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

int open_process(int pid)
{
    // glibc 2.36 declares pidfd_open() for C alone.
    const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "pidfd_open");
    return descriptor;
}

}  // namespace

class process_watch::descriptor {
public:
    descriptor(const asio::any_io_executor& executor, int pid, std::function<void()> ended)
        : process_(executor, open_process(pid))
    {
        process_.async_wait(
            asio::posix::stream_descriptor::wait_read,
            [ended = std::move(ended)](boost::system::error_code cancelled) {
                if (!cancelled) ended();
            }
        );
    }

private:
    asio::posix::stream_descriptor process_;
};

process_watch::process_watch(
    const asio::any_io_executor& executor, int pid, std::function<void()> ended
)
    : descriptor_(std::make_unique<descriptor>(executor, pid, std::move(ended)))
{
}

process_watch::~process_watch() = default;

}  // namespace vmctl
