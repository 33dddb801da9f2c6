// The plain transport on Linux: system calls, and a poller that says when they are worth making.
#include "proxy/keep_alive.hpp"
#include "proxy/poller.hpp"
#include "proxy/socket_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <boost/system/system_error.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(errno, boost::system::system_category(), what);
}

poller& poller_of(const asio::any_io_executor& executor)
{
    return asio::use_service<poller>(asio::query(executor, asio::execution::context));
}

constexpr std::size_t small_message = std::size_t{4} * 1024;

class socket_stream final : public byte_stream, poller::watched {
public:
    socket_stream(poller& poller, int descriptor) : poller_(poller), descriptor_(descriptor)
    {
        try {
            ticket_ = poller_.add(descriptor_, *this);
        } catch (...) {
            ::close(descriptor_);
            throw;
        }
    }

    socket_stream(const socket_stream&) = delete;
    socket_stream& operator=(const socket_stream&) = delete;
    socket_stream(socket_stream&&) = delete;
    socket_stream& operator=(socket_stream&&) = delete;

    ~socket_stream()
    {
        for (auto& each : waits_) {
            if (each.done == nullptr) continue;
            poller_.wait_ended();
            poller_.call_off(*each.done);
        }
        poller_.remove(ticket_);
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    std::optional<std::size_t> read_now(asio::mutable_buffer into) override
    {
        while (readable_ || descriptor_ < 0) {
            const auto count = ::recv(descriptor_, into.data(), into.size(), 0);
            if (count >= 0) {
                const auto size = static_cast<std::size_t>(count);
                // epoll(7): a short read has emptied the socket; but of an end that came with the
                // bytes there is no second event.
                if (size < into.size() && !ended_) readable_ = false;
                if (size > small_message) poller_.note_bulk();
                return size;
            }
            if (errno == EAGAIN) {
                readable_ = false;
            } else if (errno != EINTR) {
                fail("read");
            }
        }
        return std::nullopt;
    }

    bool write_now(asio::const_buffer& from) override
    {
        while (from.size() > 0) {
            const auto count = ::send(descriptor_, from.data(), from.size(), MSG_NOSIGNAL);
            if (count >= 0) {
                from += static_cast<std::size_t>(count);
            } else if (errno == EAGAIN) {
                writable_ = false;
                return false;
            } else if (errno != EINTR) {
                fail("write");
            }
        }
        return true;
    }

    bool finish_now() override
    {
        // Fails only when the peer is already gone, and then its reader needs no end of stream.
        if (!hung_up_) ::shutdown(descriptor_, SHUT_WR);
        return true;
    }

    void start_wait(readiness what, wait_completion& done, asio::cancellation_slot slot) override
    {
        if (what == readiness::writable && descriptor_ >= 0 && !hears_of_writable_) {
            poller_.tell_writable(ticket_, descriptor_);
            hears_of_writable_ = true;
        }
        wait_for(what) = {&done, false};
        poller_.wait_begun();
        if (slot.is_connected()) {
            slot.assign([this, what](asio::cancellation_type) {
                auto& cancelled = wait_for(what);
                if (cancelled.done == nullptr) return;
                cancelled.cancelled = true;
                poller_.soon(ticket_);
            });
        }
        if (descriptor_ < 0 || is_ready(what)) poller_.soon(ticket_);
    }

    void abort() noexcept override
    {
        if (descriptor_ < 0) return;
        // A no-op on unix sockets, where closing is already as much as can be told.
        const linger at_once{1, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(std::exchange(descriptor_, -1));
        poller_.soon(ticket_);
    }

    int plain_descriptor() const noexcept override { return descriptor_; }

    void plain_blocked(readiness what) noexcept override
    {
        if (what == readiness::readable && !ended_) readable_ = false;
        if (what == readiness::writable) writable_ = false;
    }

    void keep_alive() noexcept override { proxy::keep_alive(descriptor_); }

private:
    struct open_wait {
        wait_completion* done = nullptr;
        bool cancelled = false;
    };

    open_wait& wait_for(readiness what) { return waits_.at(static_cast<std::size_t>(what)); }

    bool is_ready(readiness what) const
    {
        switch (what) {
            case readiness::readable:
                return readable_;
            case readiness::writable:
                return writable_;
            case readiness::hangup:
                break;
        }
        return hung_up_;
    }

    void ready(std::uint32_t events) override
    {
        constexpr std::uint32_t end = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
        if ((events & end) != 0) ended_ = true;
        if ((events & (EPOLLHUP | EPOLLERR)) != 0) hung_up_ = true;
        if ((events & (EPOLLIN | end)) != 0) readable_ = true;
        if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) writable_ = true;

        // A completion may end everything: all that is to be called is found first.
        struct call {
            wait_completion* done = nullptr;
            boost::system::error_code failure;
        };

        std::array<call, 3> calls;
        for (const auto what : {readiness::readable, readiness::writable, readiness::hangup}) {
            auto& wait = wait_for(what);
            const bool broken = descriptor_ < 0 || wait.cancelled;
            if (wait.done == nullptr || (!broken && !is_ready(what))) continue;
            auto& due = calls.at(static_cast<std::size_t>(what));
            due.done = std::exchange(wait.done, nullptr);
            if (broken) due.failure = asio::error::operation_aborted;
            poller_.wait_ended();
        }
        for (const auto& each : calls) {
            if (each.done != nullptr) each.done->complete(each.failure);
        }
    }

    poller& poller_;
    int descriptor_ = -1;
    poller::ticket ticket_ = 0;
    std::array<open_wait, 3> waits_;
    bool readable_ = true;  // as far as we know
    bool writable_ = true;
    bool hears_of_writable_ = false;
    bool ended_ = false;  // no more events about reading will come
    bool hung_up_ = false;
};

}  // namespace

std::unique_ptr<byte_stream> make_socket_stream(
    const asio::any_io_executor& executor, native_socket descriptor
)
{
    return std::make_unique<socket_stream>(poller_of(executor), descriptor);
}

std::unique_ptr<byte_stream> make_socket_stream(asio::generic::stream_protocol::socket socket)
{
    socket.non_blocking(true);
    const auto executor = socket.get_executor();
    return make_socket_stream(executor, socket.release());
}

void prepare_socket_streams(const asio::any_io_executor& executor)
{
    poller_of(executor);
}

}  // namespace proxy
