// A byte_stream without a socket: the far side is an object that is asked for bytes and given them.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace test_support {

class memory_peer {
public:
    memory_peer() = default;
    memory_peer(const memory_peer&) = delete;
    memory_peer& operator=(const memory_peer&) = delete;
    memory_peer(memory_peer&&) = delete;
    memory_peer& operator=(memory_peer&&) = delete;
    virtual ~memory_peer() = default;

    // What the stream reads next. Nothing: the end. May throw what a socket throws.
    virtual std::string say() = 0;

    virtual void hear(std::string_view bytes) = 0;
};

// Lets everything else on the loop run before each read, as a socket may. `peer` outlives the
// stream.
class memory_stream final : public proxy::byte_stream {
public:
    memory_stream(boost::asio::any_io_executor executor, memory_peer& peer)
        : executor_(std::move(executor)), peer_(peer)
    {
    }

    std::optional<std::size_t> read_now(boost::asio::mutable_buffer into) override
    {
        if (!std::exchange(waited_, false)) return std::nullopt;
        if (unread_.empty()) unread_ = peer_.say();
        const auto count = boost::asio::buffer_copy(into, boost::asio::buffer(unread_));
        unread_.erase(0, count);
        return count;
    }

    bool write_now(boost::asio::const_buffer& from) override
    {
        peer_.hear({static_cast<const char*>(from.data()), from.size()});
        from += from.size();
        return true;
    }

    bool finish_now() override { return true; }

    void start_wait(
        proxy::readiness what, proxy::wait_completion& done, boost::asio::cancellation_slot
    ) override
    {
        if (what == proxy::readiness::readable) waited_ = true;
        boost::asio::post(executor_, [&done] { done.complete({}); });
    }

    void abort() noexcept override {}

private:
    boost::asio::any_io_executor executor_;
    memory_peer& peer_;
    bool waited_ = false;
    std::string unread_;
};

}  // namespace test_support
