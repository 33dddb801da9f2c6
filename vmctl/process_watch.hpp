// Hears of the end of a process that is not a child of ours: QEMU's.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace vmctl {

// Lives on the loop's thread. Costs nothing while the process lives.
class process_watch {
public:
    // `ended` is called once, when process `pid` has ended. Throws std::system_error: there is
    // none, or this system does not tell.
    process_watch(
        const boost::asio::any_io_executor& executor, int pid, std::function<void()> ended
    );
    process_watch(const process_watch&) = delete;
    process_watch& operator=(const process_watch&) = delete;
    ~process_watch();

private:
    class descriptor;

    std::unique_ptr<descriptor> descriptor_;
};

}  // namespace vmctl
