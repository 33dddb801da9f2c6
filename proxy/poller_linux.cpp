// epoll inside Asio's epoll.
#include "proxy/poller.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// After so many batches without a pause Asio's own work gets its turn.
constexpr int most_batches = 8;

constexpr std::uint32_t reading = EPOLLIN | EPOLLRDHUP | EPOLLET;

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(errno, boost::system::system_category(), what);
}

int make_epoll()
{
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) fail("epoll_create1");
    return descriptor;
}

}  // namespace

poller::poller(asio::execution_context& context)
    : service(context), loop_(static_cast<asio::io_context&>(context)), epoll_(loop_, make_epoll())
{
}

poller::~poller() = default;

void poller::shutdown()
{
    places_.clear();
    boost::system::error_code ignored;
    epoll_.close(ignored);
}

poller::ticket poller::add(int descriptor, watched& socket)
{
    if (free_places_.empty()) {
        free_places_.push_back(static_cast<std::uint32_t>(places_.size()));
        places_.emplace_back();
    }
    const auto index = free_places_.back();
    auto& entry = places_.at(index);
    const ticket which = ticket{entry.generation} << 32 | index;
    control(EPOLL_CTL_ADD, descriptor, reading, which);
    entry.socket = &socket;
    free_places_.pop_back();
    return which;
}

// epoll_ctl(2) looks for what is so already, and tells.
void poller::tell_writable(ticket which, int descriptor)
{
    control(EPOLL_CTL_MOD, descriptor, reading | EPOLLOUT, which);
}

void poller::control(int operation, int descriptor, std::uint32_t events, ticket which)
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = which;
    if (::epoll_ctl(epoll_.native_handle(), operation, descriptor, &event) != 0) {
        fail("epoll_ctl");
    }
}

void poller::remove(ticket which)
{
    if (find(which) == nullptr) return;
    const auto index = static_cast<std::uint32_t>(which);
    places_.at(index).socket = nullptr;
    ++places_.at(index).generation;
    free_places_.push_back(index);
}

poller::watched* poller::find(ticket which) const
{
    const auto index = static_cast<std::uint32_t>(which);
    if (index >= places_.size() || places_[index].generation != which >> 32) return nullptr;
    return places_[index].socket;
}

void poller::soon(ticket which)
{
    due_.push_back(which);
    if (running_ || std::exchange(post_pending_, true)) return;
    asio::post(loop_, [this] {
        post_pending_ = false;
        call_due();
    });
}

void poller::call_off(wait_completion& wait)
{
    asio::post(loop_, [&wait] { wait.complete(asio::error::operation_aborted); });
}

void poller::wait_begun()
{
    ++waits_;
    if (!running_) arm();
}

void poller::wait_ended()
{
    --waits_;
    if (waits_ > 0 || running_ || !armed_) return;
    boost::system::error_code ignored;
    epoll_.cancel(ignored);
}

void poller::arm()
{
    if (armed_ || waits_ == 0) return;
    armed_ = true;
    epoll_.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [this](boost::system::error_code cancelled) {
            if (cancelled && !epoll_.is_open()) return;
            armed_ = false;
            if (cancelled) {
                arm();  // somebody may wait again
            } else {
                run_ready();
            }
        }
    );
}

void poller::run_ready()
{
    running_ = true;
    if (asleep_since_ != clock::time_point{}) patience_.slept(clock::now() - asleep_since_);
    for (int batch = 0; batch < most_batches; ++batch) {
        const int count = poll_events();
        if (count == 0) break;
        patience_.came(count);
        dispatch(count);
        call_due();
    }
    running_ = false;
    asleep_since_ = bulk_ ? clock::time_point{} : clock::now();
    bulk_ = false;
    call_due();
    arm();
}

// What has happened; perhaps after having looked again and again for a moment.
int poller::poll_events()
{
    const int size = static_cast<int>(events_.size());
    int count = ::epoll_wait(epoll_.native_handle(), events_.data(), size, 0);
    if (count != 0 || bulk_ || patience_.length() == clock::duration::zero()) {
        return std::max(count, 0);
    }
    const auto since = clock::now();
    while (count == 0 && clock::now() - since < patience_.length()) {
        count = ::epoll_wait(epoll_.native_handle(), events_.data(), size, 0);
    }
    if (count <= 0) patience_.in_vain();
    return std::max(count, 0);
}

void poller::dispatch(int count)
{
    for (int i = 0; i < count; ++i) {
        const auto& event = events_.at(static_cast<std::size_t>(i));
        // An earlier one may have ended it.
        if (auto* socket = find(event.data.u64)) socket->ready(event.events);
    }
}

void poller::call_due()
{
    // What they make due comes next time.
    const auto due = std::exchange(due_, {});
    for (const auto which : due) {
        if (auto* socket = find(which)) socket->ready(0);
    }
    if (!due_.empty() && !running_ && !std::exchange(post_pending_, true)) {
        asio::post(loop_, [this] {
            post_pending_ = false;
            call_due();
        });
    }
}

}  // namespace proxy
