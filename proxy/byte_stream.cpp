// What every stream offers to Asio's coroutines on top of its own calls.
#include "proxy/byte_stream.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

template <class Handler>
class handler_completion final : public wait_completion {
public:
    explicit handler_completion(Handler handler) : handler_(std::move(handler)) {}

    void complete(boost::system::error_code failure) override
    {
        auto handler = std::move(handler_);
        delete this;
        std::move(handler)(failure);
    }

private:
    Handler handler_;
};

asio::awaitable<void> wait(byte_stream& stream, readiness what)
{
    return asio::async_initiate<const asio::use_awaitable_t<>, void(boost::system::error_code)>(
        [&stream, what](auto handler) {
            const auto slot = asio::get_associated_cancellation_slot(handler);
            auto done = std::make_unique<handler_completion<decltype(handler)>>(std::move(handler));
            stream.start_wait(what, *done.release(), slot);
        },
        asio::use_awaitable
    );
}

}  // namespace

asio::awaitable<std::size_t> byte_stream::read_some(asio::mutable_buffer into)
{
    for (;;) {
        const auto count = read_now(into);
        if (count) co_return *count;
        co_await wait(*this, readiness::readable);
    }
}

asio::awaitable<void> byte_stream::write(asio::const_buffer from)
{
    while (!write_now(from)) {
        co_await wait(*this, readiness::writable);
    }
}

asio::awaitable<void> byte_stream::finish_writing()
{
    if (finish_now()) co_return;
    co_await wait(*this, readiness::writable);
    co_await write({});
}

asio::awaitable<void> byte_stream::wait_for_hangup()
{
    co_await wait(*this, readiness::hangup);
}

}  // namespace proxy
