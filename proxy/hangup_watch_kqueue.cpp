// EV_EOF of EVFILT_WRITE: nothing can be sent any more. The end of what the peer sends is one of
// EVFILT_READ alone (kqueue(2)).
#include "proxy/hangup_watch.hpp"
#include "vmctl/kernel_queue.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <system_error>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

class hangup_watch::queue : public vmctl::kernel_queue {
    using kernel_queue::kernel_queue;
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
    try {
        queue_ = std::make_unique<queue>(executor_);
        queue_->add(static_cast<std::uintptr_t>(socket), EVFILT_WRITE, 0);
        queue_->listen([this](const struct kevent& event) {
            if ((event.flags & EV_EOF) == 0) return;
            queue_.reset();
            std::exchange(done_, nullptr)->complete({});
        });
    } catch (const std::system_error& error) {
        end({error.code().value(), boost::system::system_category()});
    }
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
