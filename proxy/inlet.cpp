// Reading without holding a buffer while there is nothing to read.
#include "proxy/inlet.hpp"

#include "proxy/stream_wait.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace proxy {

std::optional<std::size_t> inlet::read_now(byte_stream& from, std::size_t most)
{
    const auto space = buffer_.space();
    const auto count = from.read_now(asio::buffer(space.data(), std::min(space.size(), most)));
    if (count) buffer_.filled(*count);
    return count;
}

io_task<std::size_t> inlet::read(byte_stream& from)
{
    auto count = read_now(from);
    while (!count) {
        buffer_.rest();
        co_await waiting(from, readiness::readable);
        count = read_now(from);
    }
    co_return *count;
}

}  // namespace proxy
