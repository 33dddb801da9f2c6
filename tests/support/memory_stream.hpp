// A byte_stream without a socket: the far side is an object that is asked for bytes and given them.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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

// Lets everything else on the loop run before each read and write, as a socket may. `peer` outlives
// the stream.
class memory_stream final : public proxy::byte_stream {
public:
    explicit memory_stream(memory_peer& peer) : peer_(peer) {}

    boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into) override
    {
        co_await pass();
        if (unread_.empty()) unread_ = peer_.say();
        const auto count = boost::asio::buffer_copy(into, boost::asio::buffer(unread_));
        unread_.erase(0, count);
        co_return count;
    }

    boost::asio::awaitable<void> write(boost::asio::const_buffer from) override
    {
        co_await pass();
        peer_.hear({static_cast<const char*>(from.data()), from.size()});
    }

    boost::asio::awaitable<void> finish_writing() override { co_await pass(); }

    void abort() noexcept override {}

    boost::asio::awaitable<void> wait_for_hangup() override { co_await pass(); }

private:
    static boost::asio::awaitable<void> pass()
    {
        const auto executor = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }

    memory_peer& peer_;
    std::string unread_;
};

}  // namespace test_support
