// Bytes that were read from a stream and have not been moved on yet.
#pragma once

#include "proxy/buffer_pool.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace proxy {

class unread_buffer {
public:
    // Without a pool: storage of its own, of `capacity`.
    explicit unread_buffer(std::size_t capacity = 16 * 1024) : usual_capacity_(capacity) {}

    explicit unread_buffer(buffer_pool& pool)
        : pool_(&pool), usual_capacity_(buffer_pool::buffer_size)
    {
    }

    unread_buffer(const unread_buffer&) = delete;
    unread_buffer& operator=(const unread_buffer&) = delete;

    ~unread_buffer()
    {
        begin_ = end_;
        rest();
    }

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

    // Before a wait: holds no memory when it holds no bytes.
    void rest()
    {
        if (begin_ != end_ || !storage_) return;
        if (pool_ != nullptr && capacity_ == usual_capacity_) {
            pool_->give_back(std::move(storage_));
        } else {
            storage_.reset();
        }
        capacity_ = begin_ = end_ = 0;
    }

private:
    static constexpr std::size_t least_space = 4 * 1024;

    std::unique_ptr<char[]> allocate(std::size_t size)
    {
        if (pool_ != nullptr && size == usual_capacity_) return pool_->take();
        return std::make_unique_for_overwrite<char[]>(size);
    }

    void make_room()
    {
        const auto held = end_ - begin_;
        const auto wanted = held + least_space <= usual_capacity_ ? usual_capacity_ : 2 * capacity_;
        if (wanted == capacity_) {
            std::memmove(storage_.get(), storage_.get() + begin_, held);
        } else {
            auto larger = allocate(wanted);
            if (held > 0) std::memcpy(larger.get(), storage_.get() + begin_, held);
            std::swap(storage_, larger);
            if (pool_ != nullptr && larger && capacity_ == usual_capacity_) {
                pool_->give_back(std::move(larger));
            }
            capacity_ = wanted;
        }
        begin_ = 0;
        end_ = held;
    }

    buffer_pool* pool_ = nullptr;
    std::size_t usual_capacity_;
    std::unique_ptr<char[]> storage_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace proxy
