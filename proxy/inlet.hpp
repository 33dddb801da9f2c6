// Where one direction's bytes come in: what was read from a stream and not moved on yet, and how
// more of it is read.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/io_task.hpp"
#include "proxy/unread_buffer.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace proxy {

class inlet {
public:
    // After so much at once there is probably more.
    static constexpr std::size_t bulk = std::size_t{32} * 1024;

    explicit inlet(buffer_pool& pool) : buffer_(pool) {}

    std::string_view bytes() const { return buffer_.bytes(); }

    void drop(std::size_t count) { buffer_.drop(count); }

    // Before a wait: gives back what was borrowed.
    void rest() { buffer_.rest(); }

    // Reads at least one byte, behind those that are there, or 0 at the end of the stream. Nothing
    // is borrowed while it waits, but for many bytes that are there.
    io_task<std::size_t> read(byte_stream& from);

private:
    std::optional<std::size_t> read_now(byte_stream& from);

    unread_buffer buffer_;
};

}  // namespace proxy
