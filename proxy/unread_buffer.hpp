// Bytes that were read from a stream and have not been moved on yet.
#pragma once

#include "proxy/http_head.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace proxy {

class unread_buffer {
public:
    std::string_view bytes() const { return {storage_.get() + begin_, end_ - begin_}; }

    // Room for the next read. Grows only while a head larger than the buffer is being read.
    boost::asio::mutable_buffer space()
    {
        if (begin_ == end_) begin_ = end_ = 0;
        if (capacity_ - end_ < least_space) make_room();
        return {storage_.get() + end_, capacity_ - end_};
    }

    void filled(std::size_t count) { end_ += count; }

    void drop(std::size_t count) { begin_ += count; }

private:
    // The chunk size was measured: below 64 KiB copying costs more, above nothing is gained.
    static constexpr std::size_t usual_capacity = std::size_t{64} * 1024;
    static constexpr std::size_t least_space = 16 * 1024;

    void make_room()
    {
        const auto held = end_ - begin_;
        const auto wanted = held + least_space <= usual_capacity ? usual_capacity : 2 * capacity_;
        auto larger = std::make_unique_for_overwrite<char[]>(wanted);
        if (held > 0) std::memcpy(larger.get(), storage_.get() + begin_, held);
        storage_ = std::move(larger);
        capacity_ = wanted;
        begin_ = 0;
        end_ = held;
    }

    std::unique_ptr<char[]> storage_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace proxy
