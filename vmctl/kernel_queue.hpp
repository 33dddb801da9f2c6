// kqueue(2), of macOS and the BSDs, inside Asio's loop: what that reactor does not tell of.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/event.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace vmctl {

// Lives on the loop's thread.
class kernel_queue {
public:
    // Throws std::system_error, as add() does.
    explicit kernel_queue(const boost::asio::any_io_executor& executor);

    // What is told once for each change: EV_ADD and EV_CLEAR.
    void add(std::uintptr_t identity, std::int16_t filter, std::uint32_t notes);

    // From now on calls `told` for each event, until it is destroyed, which `told` may do.
    void listen(std::function<void(const struct kevent&)> told);

private:
    void wait();
    void tell();

    boost::asio::posix::stream_descriptor descriptor_;
    std::function<void(const struct kevent&)> told_;
    // A wait that has ended already is not cancelled any more.
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();
};

}  // namespace vmctl
