// One overlapped operation at a time in each direction, whose state outlives the stream.
#include "proxy/program_pipes_windows.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace proxy {
namespace {

using handle = asio::windows::stream_handle;

constexpr std::size_t buffer_size = std::size_t{64} * 1024;

// Somebody who is told once, from the loop.
class wait_place {
public:
    void open(wait_completion& done, asio::cancellation_slot slot, const asio::any_io_executor& on)
    {
        done_ = &done;
        if (!slot.is_connected()) return;
        slot.assign([this, on](asio::cancellation_type) { end(on, asio::error::operation_aborted); }
        );
    }

    // Posted: the wait must not be over before it has begun, and may be the end of us.
    void end(const asio::any_io_executor& on, boost::system::error_code failure)
    {
        if (done_ == nullptr) return;
        asio::post(on, [done = std::exchange(done_, nullptr), failure] {
            done->complete(failure);
        });
    }

private:
    wait_completion* done_ = nullptr;
};

[[noreturn]] void fail(const boost::system::error_code& failure, const char* what)
{
    throw boost::system::system_error(failure, what);
}

struct reading {
    explicit reading(handle opened) : from(std::move(opened)) {}

    handle from;
    std::vector<char> bytes;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool pending = false;
    bool ended = false;
    boost::system::error_code failure;
    wait_place readable;
    wait_place hangup;

    bool settled() const { return begin < end || ended || failure; }
};

void tell(reading& one)
{
    const auto on = one.from.get_executor();
    one.readable.end(on, {});
    if (one.ended || one.failure) one.hangup.end(on, {});
}

void read_ahead(const std::shared_ptr<reading>& one)
{
    if (one->settled()) tell(*one);
    if (one->settled() || std::exchange(one->pending, true)) return;
    one->bytes.resize(buffer_size);
    one->from.async_read_some(
        asio::buffer(one->bytes),
        [one](boost::system::error_code failure, std::size_t count) {
            one->pending = false;
            if (one->failure) return;  // broken off
            one->begin = 0;
            one->end = count;
            one->ended = failure == asio::error::eof || failure == asio::error::broken_pipe;
            if (failure && !one->ended) one->failure = failure;
            tell(*one);
        }
    );
}

struct writing {
    explicit writing(handle opened) : to(std::move(opened)) {}

    handle to;
    std::vector<char> bytes;
    bool pending = false;
    bool finishing = false;
    boost::system::error_code failure;
    wait_place writable;
};

void close(handle& one)
{
    boost::system::error_code ignored;
    one.close(ignored);
}

void write_out(const std::shared_ptr<writing>& one)
{
    one->pending = true;
    asio::async_write(
        one->to,
        asio::buffer(one->bytes),
        [one](boost::system::error_code failure, std::size_t) {
            one->pending = false;
            if (!one->failure) one->failure = failure;
            std::vector<char>().swap(one->bytes);
            if (one->finishing) close(one->to);
            one->writable.end(one->to.get_executor(), {});
        }
    );
}

class program_stream final : public byte_stream {
public:
    program_stream(handle output, handle input)
        : executor_(output.get_executor()),
          reading_(std::make_shared<reading>(std::move(output))),
          writing_(std::make_shared<writing>(std::move(input)))
    {
    }

    program_stream(const program_stream&) = delete;
    program_stream& operator=(const program_stream&) = delete;
    program_stream(program_stream&&) = delete;
    program_stream& operator=(program_stream&&) = delete;

    ~program_stream() override { break_off(); }

    std::optional<std::size_t> read_now(asio::mutable_buffer into) override
    {
        auto& from = *reading_;
        if (from.begin < from.end) {
            const auto count = asio::buffer_copy(
                into, asio::buffer(from.bytes.data() + from.begin, from.end - from.begin)
            );
            from.begin += count;
            // An idle connection has no buffer, but for the one that the system fills.
            if (from.begin == from.end) std::vector<char>().swap(from.bytes);
            return count;
        }
        if (from.failure) fail(from.failure, "read");
        if (from.ended) return 0;
        return std::nullopt;
    }

    bool write_now(asio::const_buffer& from) override
    {
        auto& to = *writing_;
        if (to.failure) fail(to.failure, "write");
        if (from.size() == 0) return true;
        if (to.finishing) fail(asio::error::broken_pipe, "write");
        if (to.pending) return false;
        const auto count = std::min(from.size(), buffer_size);
        const auto* const data = static_cast<const char*>(from.data());
        to.bytes.assign(data, data + count);
        from += count;
        write_out(writing_);
        return from.size() == 0;
    }

    // The pipe is closed after what is in the buffer, which nobody has to wait for.
    bool finish_now() override
    {
        writing_->finishing = true;
        if (!writing_->pending) close(writing_->to);
        return true;
    }

    void start_wait(readiness what, wait_completion& done, asio::cancellation_slot slot) override
    {
        auto& place = what == readiness::readable   ? reading_->readable
                      : what == readiness::writable ? writing_->writable
                                                    : reading_->hangup;
        place.open(done, slot, executor_);
        if (broken_) {
            place.end(executor_, asio::error::operation_aborted);
        } else if (what != readiness::writable) {
            read_ahead(reading_);
        } else if (!writing_->pending) {
            place.end(executor_, {});
        }
    }

    void abort() noexcept override { break_off(); }

private:
    void break_off()
    {
        if (std::exchange(broken_, true)) return;
        reading_->failure = asio::error::operation_aborted;
        reading_->begin = reading_->end;
        writing_->failure = asio::error::operation_aborted;
        close(reading_->from);
        close(writing_->to);
        for (auto* each : {&reading_->readable, &reading_->hangup, &writing_->writable})
            each->end(executor_, asio::error::operation_aborted);
    }

    asio::any_io_executor executor_;
    std::shared_ptr<reading> reading_;
    std::shared_ptr<writing> writing_;
    bool broken_ = false;
};

}  // namespace

std::unique_ptr<byte_stream> make_program_stream(handle output, handle input)
{
    return std::make_unique<program_stream>(std::move(output), std::move(input));
}

}  // namespace proxy
