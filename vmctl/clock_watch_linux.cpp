// A timer that never expires, but is cancelled when the clock is set: timerfd_create(2),
// TFD_TIMER_CANCEL_ON_SET. The kernel sets the clock anew when it resumes.
#include "vmctl/clock_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

int open_timer()
{
    const int descriptor = ::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
    return descriptor;
}

}  // namespace

class clock_watch::timer {
public:
    timer(const asio::any_io_executor& executor, std::function<void()> set)
        : descriptor_(executor, open_timer()), set_(std::move(set))
    {
        arm();
        wait();
    }

private:
    void arm()
    {
        itimerspec never{};
        // Nearly as far as the kernel can count.
        never.it_value.tv_sec = 9'000'000'000;
        constexpr int how = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
        if (::timerfd_settime(descriptor_.native_handle(), how, &never, nullptr) != 0)
            throw std::system_error(errno, std::generic_category(), "timerfd_settime");
    }

    void wait()
    {
        descriptor_.async_wait(
            asio::posix::stream_descriptor::wait_read,
            [this, alive = std::weak_ptr(alive_)](boost::system::error_code ended) {
                if (ended || alive.expired()) return;
                // ECANCELED once for each time that the clock was set; then it counts on.
                std::uint64_t expired = 0;
                const auto count = ::read(descriptor_.native_handle(), &expired, sizeof expired);
                const bool was_set = count < 0 && errno == ECANCELED;
                wait();
                if (was_set) set_();
            }
        );
    }

    asio::posix::stream_descriptor descriptor_;
    std::function<void()> set_;
    // A wait that has ended already is not cancelled any more.
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();
};

clock_watch::clock_watch(const asio::any_io_executor& executor, std::function<void()> set)
    : timer_(std::make_unique<timer>(executor, std::move(set)))
{
}

clock_watch::~clock_watch() = default;

}  // namespace vmctl
