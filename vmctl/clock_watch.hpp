// Hears of it when the host's clock is set, as it is when the host wakes from suspend: a VM's clock
// has stood still meanwhile.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace vmctl {

// Lives on the loop's thread. Costs nothing while nobody sets the clock. Where a system has no way
// to tell, it tells nothing.
class clock_watch {
public:
    // `set` is called after each time. Throws std::system_error.
    clock_watch(const boost::asio::any_io_executor& executor, std::function<void()> set);
    clock_watch(const clock_watch&) = delete;
    clock_watch& operator=(const clock_watch&) = delete;
    ~clock_watch();

private:
    class timer;

    std::unique_ptr<timer> timer_;
};

}  // namespace vmctl
