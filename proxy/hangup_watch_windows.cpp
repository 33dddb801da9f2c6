// Winsock tells of a peer's end once, and not whether it was both directions': while somebody wants
// to know, the socket is asked four times a second.
#include "proxy/hangup_watch.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

constexpr auto interval = std::chrono::milliseconds(250);

bool can_send_no_more(native_socket socket)
{
    const char nothing = 0;
    return ::send(socket, &nothing, 0, 0) != 0 && ::WSAGetLastError() != WSAEWOULDBLOCK;
}

// It was reset, or each side has ended its direction.
bool has_hung_up(native_socket socket)
{
    WSAPOLLFD state{socket, POLLIN, 0};
    if (::WSAPoll(&state, 1, 0) <= 0) return false;
    if ((state.revents & (POLLERR | POLLNVAL)) != 0) return true;
    char byte = 0;
    const int count = ::recv(socket, &byte, 1, MSG_PEEK);
    if (count < 0) return ::WSAGetLastError() != WSAEWOULDBLOCK;
    return count == 0 && can_send_no_more(socket);
}

}  // namespace

class hangup_watch::queue {
public:
    queue(const asio::any_io_executor& executor, hangup_watch& owner, native_socket socket)
        : timer_(executor), owner_(owner), socket_(socket)
    {
    }

    void ask()
    {
        if (has_hung_up(socket_)) {
            owner_.end({});
            return;
        }
        timer_.expires_after(interval);
        timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code) {
            if (!alive.expired()) ask();
        });
    }

private:
    asio::steady_timer timer_;
    hangup_watch& owner_;
    native_socket socket_;
    // What has completed already is still called after our end.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

hangup_watch::hangup_watch(asio::any_io_executor executor) : executor_(std::move(executor)) {}

hangup_watch::~hangup_watch()
{
    call_off();
}

void hangup_watch::start(native_socket socket, wait_completion& done, asio::cancellation_slot slot)
{
    done_ = &done;
    if (slot.is_connected()) slot.assign([this](asio::cancellation_type) { call_off(); });
    queue_ = std::make_unique<queue>(executor_, *this, socket);
    queue_->ask();
}

void hangup_watch::call_off()
{
    end(asio::error::operation_aborted);
}

void hangup_watch::end(boost::system::error_code failure)
{
    queue_.reset();
    if (done_ == nullptr) return;
    asio::post(executor_, [done = std::exchange(done_, nullptr), failure] {
        done->complete(failure);
    });
}

}  // namespace proxy
