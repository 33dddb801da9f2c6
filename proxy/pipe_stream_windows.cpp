// A named pipe through overlapped operations. A byte that is there is read into the caller's
// buffer; while nobody reads there is at most one small read under way, which also tells when the
// peer goes.
#include "proxy/open_waits.hpp"
#include "proxy/pipe_calls.hpp"
#include "proxy/pipe_finish_windows.hpp"
#include "proxy/pipe_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/windows/overlapped_ptr.hpp>
#include <boost/asio/windows/stream_handle.hpp>
#include <boost/system/system_error.hpp>
#include <windows.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using boost::system::error_code;

namespace proxy {
namespace {

// What may be under way to a peer that does not read.
constexpr std::size_t write_limit = std::size_t{64} * 1024;

// How often we look whether a peer is gone whose bytes nobody reads.
constexpr auto look_again = std::chrono::milliseconds(250);

class pipe_stream final : public byte_stream {
public:
    pipe_stream(asio::windows::stream_handle handle, pipe_end end)
        : handle_(std::move(handle)), end_(end), shared_(std::make_shared<shared>())
    {
        shared_->owner = this;
        skips_ = ::SetFileCompletionNotificationModes(
                     handle_.native_handle(), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS
                 ) != 0;
    }

    pipe_stream(const pipe_stream&) = delete;
    pipe_stream& operator=(const pipe_stream&) = delete;
    pipe_stream(pipe_stream&&) = delete;
    pipe_stream& operator=(pipe_stream&&) = delete;

    ~pipe_stream()
    {
        shared_->owner = nullptr;
        close();
        const auto all = waits_.take_due(true, [](readiness) { return true; });
        asio::post(handle_.get_executor(), [all] { all.call(); });
    }

    std::optional<std::size_t> read_now(asio::mutable_buffer into) override
    {
        if (!unread_.empty()) return read_unread(into);
        if (aborted_) throw boost::system::system_error(asio::error::bad_descriptor, "read");
        if (ended_) return 0;
        if (read_failure_) throw boost::system::system_error(read_failure_, "read");
        if (reading_ != nullptr) return std::nullopt;
        for (;;) {
            error_code failure;
            const auto count = read_at_once(pipe(), into, failure);
            if (failure) return end_by(failure);
            if (!count) return std::nullopt;
            note_message(*count);
            if (*count > 0 || ended_) return count;
        }
    }

    bool write_now(asio::const_buffer& from) override
    {
        if (write_failure_) throw boost::system::system_error(write_failure_, "write");
        if (writing_ != nullptr || finish_ == finish::begun) return false;
        while (from.size() > 0) {
            if (!handle_.is_open()) {
                throw boost::system::system_error(asio::error::bad_descriptor, "write");
            }
            const auto size = std::min(from.size(), write_limit);
            const bool left = write_some({from.data(), size});
            from += size;
            if (!left) return false;
        }
        return true;
    }

    bool finish_now() override
    {
        if (finish_ != finish::none) return finish_ == finish::done;
        if (!handle_.is_open() || gone_ || write_failure_) {
            finish_ = finish::done;
            return true;
        }
        finish_ = finish::begun;
        if (writing_ == nullptr) begin_finish();
        return finish_ == finish::done;
    }

    void start_wait(readiness what, wait_completion& done, asio::cancellation_slot slot) override
    {
        waits_.open(what, done, slot, [this] { soon(); });
        look();
        if (!handle_.is_open() || is_ready(what)) soon();
    }

    void abort() noexcept override
    {
        if (!handle_.is_open()) return;
        // The peer sees that it is no end, but loses what it has not read. Not after we have
        // finished: then all is said, and stays there to be read.
        if (end_ == pipe_end::server && finish_ == finish::none) ::DisconnectNamedPipe(pipe());
        close();
        aborted_ = true;
        soon();
    }

    void hijacked() noexcept override
    {
        hijacked_ = true;
        if (!zero_came_last_) return;
        ended_ = true;
        soon();
    }

private:
    enum class finish { none, begun, done };

    // What Windows and the loop's queue still refer to after our end.
    struct shared {
        pipe_stream* owner = nullptr;
        std::array<char, 2048> in{};
        std::vector<char> out;
    };

    HANDLE pipe() { return handle_.native_handle(); }

    bool is_ready(readiness what) const
    {
        switch (what) {
            case readiness::readable:
                return !unread_.empty() || ended_ || read_failure_;
            case readiness::writable:
                return writing_ == nullptr && finish_ != finish::begun;
            case readiness::hangup:
                break;
        }
        return gone_ || read_failure_;
    }

    std::size_t read_unread(asio::mutable_buffer into)
    {
        const auto count = std::min(into.size(), unread_.size());
        std::memcpy(into.data(), unread_.data(), count);
        unread_.remove_prefix(count);
        return count;
    }

    // Others send messages of no length for nothing (Node's socket.write("")): they are an end on
    // hijacked streams only.
    void note_message(std::size_t size)
    {
        zero_came_last_ = size == 0;
        if (zero_came_last_ && hijacked_) ended_ = true;
    }

    std::size_t end_by(const error_code& failure)
    {
        if (!means_gone(failure)) throw boost::system::system_error(failure, "read");
        gone_ = true;
        ended_ = true;
        return 0;
    }

    // True: all of it has left.
    bool write_some(asio::const_buffer bytes)
    {
        const auto* const begin = static_cast<const char*>(bytes.data());
        shared_->out.assign(begin, begin + bytes.size());
        asio::windows::overlapped_ptr operation(
            handle_.get_executor(),
            [shared = shared_](const error_code& failure, std::size_t) {
                std::vector<char>().swap(shared->out);
                if (shared->owner != nullptr) shared->owner->written(failure);
            }
        );
        const auto size = static_cast<DWORD>(bytes.size());
        if (::WriteFile(pipe(), shared_->out.data(), size, nullptr, operation.get()) != 0) {
            if (skips_) return true;
        } else if (::GetLastError() != ERROR_IO_PENDING) {
            throw boost::system::system_error(last_error(), "write");
        }
        writing_ = operation.release();
        return false;
    }

    void written(const error_code& failure)
    {
        writing_ = nullptr;
        if (failure) write_failure_ = failure;
        if (finish_ == finish::begun) {
            if (failure)
                finish_ = finish::done;
            else
                begin_finish();
        }
        tell();
    }

    void begin_finish()
    {
        try {
            const bool closes = end_ == pipe_end::server;
            finisher_.emplace(handle_.get_executor(), pipe(), closes, [this] { finished(); });
        } catch (const boost::system::system_error&) {
            finished();  // what is closed can still be read to its end
        }
    }

    void finished()
    {
        finish_ = finish::done;
        if (end_ == pipe_end::server) {
            close();
            gone_ = true;
            ended_ = true;
        }
        soon();
    }

    // Sees to it that what is waited for is heard of, or that nothing is under way for nobody.
    void look()
    {
        if (!handle_.is_open()) return;
        const bool bytes = waits_.has(readiness::readable) && !is_ready(readiness::readable);
        const bool hangup = waits_.has(readiness::hangup) && !is_ready(readiness::hangup);
        if (reading_ == nullptr && (bytes || hangup) && unread_.empty()) {
            begin_read();
        } else if (reading_ != nullptr && !bytes && !hangup) {
            ::CancelIoEx(pipe(), reading_);
        }
        if (hangup && !unread_.empty()) watch();
    }

    void begin_read()
    {
        asio::windows::overlapped_ptr operation(
            handle_.get_executor(),
            [shared = shared_](const error_code& failure, std::size_t count) {
                if (shared->owner != nullptr) shared->owner->have_read(failure, count);
            }
        );
        const auto size = static_cast<DWORD>(shared_->in.size());
        auto* const overlapped = operation.get();
        const bool read = ::ReadFile(pipe(), shared_->in.data(), size, nullptr, overlapped) != 0;
        const auto failure = read ? error_code() : last_error();
        if (read ? !skips_ : failure.value() == ERROR_IO_PENDING) {
            reading_ = operation.release();
            return;
        }
        reading_ = &over_;
        operation.complete(failure, read ? overlapped->InternalHigh : 0);
    }

    void have_read(const error_code& failure, std::size_t count)
    {
        reading_ = nullptr;
        if (!handle_.is_open()) return;
        if (!failure) {
            note_message(count);
            // After the end nobody wants more.
            if (!ended_) unread_ = {shared_->in.data(), count};
        } else if (means_gone(failure)) {
            gone_ = true;
            ended_ = true;
        } else if (failure != asio::error::operation_aborted) {
            read_failure_ = failure;
        }
        tell();
    }

    void watch()
    {
        if (!look_) look_.emplace(handle_.get_executor());
        look_->expires_after(look_again);
        look_->async_wait([shared = shared_](const error_code& cancelled) {
            if (!cancelled && shared->owner != nullptr) shared->owner->look_for_peer();
        });
    }

    void look_for_peer()
    {
        if (handle_.is_open() && peer_has_closed(pipe())) gone_ = true;
        tell();
    }

    void soon()
    {
        asio::post(handle_.get_executor(), [shared = shared_] {
            if (shared->owner != nullptr) shared->owner->tell();
        });
    }

    void tell()
    {
        const auto due =
            waits_.take_due(aborted_, [this](readiness what) { return is_ready(what); });
        look();
        due.call();
    }

    // What is under way is called off one by one: a duplicate of the handle may be in use still.
    void close() noexcept
    {
        if (!handle_.is_open()) return;
        if (reading_ != nullptr) ::CancelIoEx(pipe(), reading_);
        if (writing_ != nullptr) ::CancelIoEx(pipe(), writing_);
        error_code ignored;
        handle_.close(ignored);
        if (look_) look_->cancel();
    }

    asio::windows::stream_handle handle_;
    pipe_end end_;
    std::shared_ptr<shared> shared_;
    bool skips_ = false;  // what is done at once does not come through the loop
    open_waits waits_;
    OVERLAPPED* reading_ = nullptr;  // into shared_->in
    OVERLAPPED* writing_ = nullptr;  // from shared_->out
    OVERLAPPED over_{};              // stands for a read that is over and not told of
    std::string_view unread_;        // in shared_->in
    error_code read_failure_;
    error_code write_failure_;
    std::optional<pipe_finish> finisher_;
    std::optional<asio::steady_timer> look_;
    finish finish_ = finish::none;
    bool hijacked_ = false;
    bool zero_came_last_ = false;
    bool ended_ = false;
    bool gone_ = false;  // the peer, or our own end after a finish
    bool aborted_ = false;
};

}  // namespace

std::unique_ptr<byte_stream> make_pipe_stream(
    const asio::any_io_executor& executor, void* pipe, pipe_end end
)
{
    asio::windows::stream_handle handle(executor);
    error_code failure;
    handle.assign(pipe, failure);
    if (failure) {
        ::CloseHandle(pipe);
        throw boost::system::system_error(failure, "take a pipe over");
    }
    return std::make_unique<pipe_stream>(std::move(handle), end);
}

}  // namespace proxy
