// The readiness of the byte path's sockets on Linux: an epoll instance of our own inside Asio's
// loop. Each socket is registered once, edge-triggered, and remembers what it may do, so that a
// message passes with one read and one write. Asio's reactor would need one more system call each
// time, to look for bytes that are not there or to arm a wait.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/patience.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace proxy {

// One for each io_context: `asio::use_service<poller>(context)`. Lives on the loop's thread.
class poller final : public boost::asio::execution_context::service {
public:
    using key_type = poller;
    static inline boost::asio::execution_context::id id;

    // A socket that is watched.
    class watched {
    public:
        watched(const watched&) = delete;
        watched& operator=(const watched&) = delete;

        // EPOLLIN, EPOLLRDHUP, EPOLLHUP, EPOLLERR, once asked for EPOLLOUT; 0 after
        // poller::soon(). May destroy the object.
        virtual void ready(std::uint32_t events) = 0;

    protected:
        watched() = default;
        ~watched() = default;
    };

    // Names a watched socket; is never used twice.
    using ticket = std::uint64_t;

    explicit poller(boost::asio::execution_context& context);
    ~poller() override;

    // Throws boost::system::system_error.
    ticket add(int descriptor, watched& socket);

    // Tells of EPOLLOUT, too, from now on. Not before it is needed: a unix socket is woken with it
    // by each message that its peer reads. Throws boost::system::system_error.
    void tell_writable(ticket which, int descriptor);

    // Closing the descriptor is the caller's.
    void remove(ticket which);

    // Calls ready(0) from the loop.
    void soon(ticket which);

    // Tells, from the loop, that a wait will never be over.
    void call_off(wait_completion& wait);

    // How many waits are open: the loop has work as long as there are any.
    void wait_begun();
    void wait_ended();

    // Bytes flow in bulk: waiting for more without sleeping would only burn the processor.
    void note_bulk() { bulk_ = true; }

private:
    using clock = std::chrono::steady_clock;

    struct place {
        watched* socket = nullptr;
        std::uint32_t generation = 0;
    };

    void shutdown() override;
    void control(int operation, int descriptor, std::uint32_t events, ticket which);
    void arm();
    void run_ready();
    int poll_events();
    void dispatch(int count);
    void call_due();
    watched* find(ticket which) const;

    boost::asio::io_context& loop_;
    boost::asio::posix::stream_descriptor epoll_;
    std::array<epoll_event, 256> events_{};
    std::vector<place> places_;
    std::vector<std::uint32_t> free_places_;
    std::vector<ticket> due_;
    std::size_t waits_ = 0;
    bool armed_ = false;
    bool running_ = false;  // in run_ready(), which arms at its end
    bool post_pending_ = false;

    bool bulk_ = false;
    patience patience_;
    clock::time_point asleep_since_;
};

}  // namespace proxy
