// The queue's descriptor is readable while an event is in it.
#include "vmctl/kernel_queue.hpp"

#include <boost/system/error_code.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {
namespace {

// It is not inherited by fork(2), let alone by a program.
int open_queue()
{
    const int descriptor = ::kqueue();
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "kqueue");
    return descriptor;
}

}  // namespace

kernel_queue::kernel_queue(const asio::any_io_executor& executor)
    : descriptor_(executor, open_queue())
{
}

void kernel_queue::add(std::uintptr_t identity, std::int16_t filter, std::uint32_t notes)
{
    struct kevent change {};

    change.ident = identity;
    change.filter = filter;
    change.flags = EV_ADD | EV_CLEAR;
    change.fflags = notes;
    if (::kevent(descriptor_.native_handle(), &change, 1, nullptr, 0, nullptr) < 0)
        throw std::system_error(errno, std::generic_category(), "kevent");
}

void kernel_queue::listen(std::function<void(const struct kevent&)> told)
{
    told_ = std::move(told);
    wait();
}

void kernel_queue::wait()
{
    descriptor_.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [this, alive = std::weak_ptr(alive_)](boost::system::error_code ended) {
            if (ended || alive.expired()) return;
            tell();
            if (!alive.expired()) wait();
        }
    );
}

void kernel_queue::tell()
{
    const std::weak_ptr alive = alive_;
    const timespec at_once{};
    std::array<struct kevent, 16> events{};
    const int count = ::kevent(
        descriptor_.native_handle(),
        nullptr,
        0,
        events.data(),
        static_cast<int>(events.size()),
        &at_once
    );
    // A copy, since it may end while it is called.
    const auto told = told_;
    for (int index = 0; index < count && !alive.expired(); ++index)
        told(events.at(static_cast<std::size_t>(index)));
}

}  // namespace vmctl
