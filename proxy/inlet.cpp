// Reading without holding a buffer while there is nothing to read.
#include "proxy/inlet.hpp"

#include "proxy/stream_wait.hpp"

namespace proxy {

std::optional<std::size_t> inlet::read_now(byte_stream& from)
{
    const auto count = from.read_now(buffer_.space());
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
